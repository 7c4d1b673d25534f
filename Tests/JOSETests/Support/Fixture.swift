import JOSE

/// Keys and signatures that OpenSSL 3.0 and pyca/cryptography made for these tests, and numbers that make weak keys.
enum Fixture {
    /// A key of 2048 bits with the exponent 65537.
    static let rsaPEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQC/tX6/fhzZBcBb
        cl9UJ8kGAiKyOJ61KMePg7PeT6MB7pS18UaeWTNKl9EBzkpvhzlm0bcoMASWaGyM
        zF1dy+z0DJS8Hm3vBvz4EwCDoYQVEqgfWgjxTdkChUYR5u/8ffl4ql+BhJBJ9AH4
        RRlXQb6BDdzkFyDF8yCL9bR68ayvHEzUPNTqiUKzDbqS6XrJ8y2NWQW9nSNdAhpE
        E9Xmd1HZ/xryXzWpoGUa3WJBZy+DgKNqZMvWfGOeEorxyE1ohJx4hk54xS6+3dRo
        NMB8e9fT1zbloRSdBDDdzOXzu/z3nF3xtChrrQuwq1P+iVg6+lYx39UveQPCsucN
        TL4VAPiTAgMBAAECggEABZet/2MWmgQkxOYqFBfnBtxYFm/ivVvXr9RCkoPV4wVf
        5DY0064ReiXB90taeN9ufr/ebSHdeGUfyYm1WDpN4B61K2RjMPEOFHnlbsbu8KMZ
        3B7xxNb7CNZKIX/lqgLOHMWHl2J+cmctCYjmgNj4+DsnIaZFEqaRi/5adKhehmsq
        1FmTKTETGoS5Qo6L4YBxFdCGuMNkVDdwP/lsRXqVPX/bM+x9HwH08kE5vJvQ2ooP
        Llmb1VjKJNRB3i9rCqmCPMEjPYpT3e71sJtRM3U0bncWI7VpnSZ8Yc/NpzS1En4c
        u/W5Pv6nDg1RyrQbcxsAQvL9cs5NHlm0JP8nzh/SPQKBgQDlcNIqcpUnc4jhgFSi
        EFSNGDjfwdx9om6pzxvvi3Z6JPT4L37zuakdUASu6dRQ5Wc/Tl4757bCOcGAZHs4
        HUGwrEmrEz8usz5OaS6d69UDC5KK3n8bylz5C4oIO58j7RmPRIVhfkuH3VluhPW6
        fNdXiWeBD+RWgDYbj4ViZDuhVwKBgQDV5orvXtwe35QNovRlBss0bjbznpXlzyOL
        rFYcu7NfbdXArzvL5wdVJ4Gv57aPTKzx4VCnJgNFinhFTGMJAkFZm4kH0n0szQv3
        3yd1PE4zyTQCZnyl4ki+xyUOGf334P+p6RZsfcOdTnuVWm921ngQLwf0AifYn7rh
        wmLYj+cxJQKBgQDfLXMBHxu+mD9ZOf8Y9VGJPTp1TJkxC8MhIfhGdh30ieZPU8Pl
        R38cqC0mBwUi+0IG7i/zjVzUaGG0hgjleG/hbnTqF3qp7mh41Q8nRbKZl7QfqHVz
        jtAI4BSQFY6i34qxNTGYt8S4j7LiMirkD3NYDqvDerXc/jGjdWOFZYIrWQKBgQC/
        DB4VtI04igsrrttIjKvclYBBUeiijMM70l5LZZ7NYkWjxx/Ke/vBo/qiSXx2O07Q
        76Tg1gPgDdBkXNiryDbkORZIRUmGRVImP0t327ghatkoN6+nXhgJRcej87Uxu+W+
        NbDQj/eyvdGF0XNzGhW8prUczPwX8Hqzf7JXqRgefQKBgQCIWDvhnQnWIvHaCVyO
        jEjA1G/FJPr0g3SyuJYElGIyqZNmusOjWWWn9jqhZ1Qm4WXyHAN+LVgj2upUllBy
        cTBnZYzJgIo1fx2C55aEvMBRhPzUUN89Bj7U4BSXU4sPoM6ZjVzIHPLedYLI7Ljy
        yY5qy7TeYk2sunbg9qUN7WfSIg==
        -----END PRIVATE KEY-----
        """

    /// The same key as PKCS #1.
    static let rsaPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpQIBAAKCAQEAv7V+v34c2QXAW3JfVCfJBgIisjietSjHj4Oz3k+jAe6UtfFG
        nlkzSpfRAc5Kb4c5ZtG3KDAElmhsjMxdXcvs9AyUvB5t7wb8+BMAg6GEFRKoH1oI
        8U3ZAoVGEebv/H35eKpfgYSQSfQB+EUZV0G+gQ3c5BcgxfMgi/W0evGsrxxM1DzU
        6olCsw26kul6yfMtjVkFvZ0jXQIaRBPV5ndR2f8a8l81qaBlGt1iQWcvg4CjamTL
        1nxjnhKK8chNaISceIZOeMUuvt3UaDTAfHvX09c25aEUnQQw3czl87v895xd8bQo
        a60LsKtT/olYOvpWMd/VL3kDwrLnDUy+FQD4kwIDAQABAoIBAAWXrf9jFpoEJMTm
        KhQX5wbcWBZv4r1b16/UQpKD1eMFX+Q2NNOuEXolwfdLWnjfbn6/3m0h3XhlH8mJ
        tVg6TeAetStkYzDxDhR55W7G7vCjGdwe8cTW+wjWSiF/5aoCzhzFh5difnJnLQmI
        5oDY+Pg7JyGmRRKmkYv+WnSoXoZrKtRZkykxExqEuUKOi+GAcRXQhrjDZFQ3cD/5
        bEV6lT1/2zPsfR8B9PJBObyb0NqKDy5Zm9VYyiTUQd4vawqpgjzBIz2KU93u9bCb
        UTN1NG53FiO1aZ0mfGHPzac0tRJ+HLv1uT7+pw4NUcq0G3MbAELy/XLOTR5ZtCT/
        J84f0j0CgYEA5XDSKnKVJ3OI4YBUohBUjRg438HcfaJuqc8b74t2eiT0+C9+87mp
        HVAErunUUOVnP05eO+e2wjnBgGR7OB1BsKxJqxM/LrM+TmkunevVAwuSit5/G8pc
        +QuKCDufI+0Zj0SFYX5Lh91ZboT1unzXV4lngQ/kVoA2G4+FYmQ7oVcCgYEA1eaK
        717cHt+UDaL0ZQbLNG42856V5c8ji6xWHLuzX23VwK87y+cHVSeBr+e2j0ys8eFQ
        pyYDRYp4RUxjCQJBWZuJB9J9LM0L998ndTxOM8k0AmZ8peJIvsclDhn99+D/qekW
        bH3DnU57lVpvdtZ4EC8H9AIn2J+64cJi2I/nMSUCgYEA3y1zAR8bvpg/WTn/GPVR
        iT06dUyZMQvDISH4RnYd9InmT1PD5Ud/HKgtJgcFIvtCBu4v841c1GhhtIYI5Xhv
        4W506hd6qe5oeNUPJ0WymZe0H6h1c47QCOAUkBWOot+KsTUxmLfEuI+y4jIq5A9z
        WA6rw3q13P4xo3VjhWWCK1kCgYEAvwweFbSNOIoLK67bSIyr3JWAQVHooozDO9Je
        S2WezWJFo8cfynv7waP6okl8djtO0O+k4NYD4A3QZFzYq8g25DkWSEVJhkVSJj9L
        d9u4IWrZKDevp14YCUXHo/O1MbvlvjWw0I/3sr3RhdFzcxoVvKa1HMz8F/B6s3+y
        V6kYHn0CgYEAiFg74Z0J1iLx2glcjoxIwNRvxST69IN0sriWBJRiMqmTZrrDo1ll
        p/Y6oWdUJuFl8hwDfi1YI9rqVJZQcnEwZ2WMyYCKNX8dgueWhLzAUYT81FDfPQY+
        1OAUl1OLD6DOmY1cyBzy3nWCyOy48smOasu03mJNrLp24PalDe1n0iI=
        -----END RSA PRIVATE KEY-----
        """

    /// A key of 2048 bits with the exponent 3.
    static let smallExponentPEM = """
        -----BEGIN PRIVATE KEY-----
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC2o9CK21GGktHZ
        r4xzQwFv3Aw2pg0KC6taXNFkNO++xC9EApnqDnHvHv/SjGYR3n760IyFfTIZAEGM
        jj6MG6OChb44A1kOVhmRUaAbGE3kAVHX4yRkwZOkdWltAmMKjkXDkUl6Ude2nMnf
        0EFI6WPIF5uVBJtI465DDy9e81mTdkTFzK0+TidZrY7GBLsahoVE0106ZyZIqHfV
        Hgln5GgtQ+I6vSuBJkLXbjMo8iAzwQKE4bne7HRd5Ubg93qdutEfTPzcHgwEqo2v
        ngOiHQ9/IXeoFnO4/+NqkTn8xTKfznFmZl/hWWWfL37mcoPFMyhKO6ATz/DD3AmA
        1NGBKyglAgEDAoIBAHnCiwc84QRh4TvKXaIsq5/oCCRus1wHx5GTNkLN9SnYH4Ks
        ZpwJoUoUqoxdmWE+/1HgXa5TdrtVgQhe1F1nwlcD1CVXkLQ5ZmDhFWdliUKri+VC
        GEMrt8L48PNW7LG0LoJg26bhOnm92+qK1jCbl9q6Z7itvNtCdCy0yj9M5mJNtltV
        Zlmxt0dTSxtccc6tE+kc/zImbTnbmBa2On5HYwcHGXTC8ZXD1mYFffWu4fV9c4xP
        T8xItw5CTHpBcDDEU6CQANsStUUxaSW5GJNNIdRScPJr12rmjrA1mpEedEB+jgV6
        66+CdLglep1BR7S4vJRruuoz5UsfrDV9YP2soqsCgYEA8igVXsM5XjpbnpETSfWu
        ALvBOwJWqzHM9++i6Nr9FwU+CHri4qbdRbX0/QH6NQscwzoTQcY4DA6M75XjG7Z3
        HjHWNNusNYffRhsQtnNtvcM5eXHVPlmqmOVW2sDnXYs6lEHPyJafirUvDY4suqbR
        g1BvEpPb+eY/AMBxv05k3yUCgYEAwRS3NPSKNjRU/4vmxm7U5qtmo2zW10ASG8Np
        yM98PJ17M5C13nmjO4hw+TZxmDhoEfhXgGZHVbn05JOyNp4dNXyexrfVxpUBKdv3
        qFG7nv1sVMqfcj77dHzp92IwJrPWCBxeNcN2K9XIOWxj3Y9Mihsq9SCmHuzthnAn
        ALZDVQECgYEAoXAOPyzQ6Xw9FGC3hqPJVdKA0gGPHMvd+p/B8JH+D1jUBadB7G8+
        LnlN/gFReLITLNFiK9l6srRd9Q6XZ876FCE5eJJyzlqU2WdgeaJJKSzQ+6E41DvH
        EJjkkdXvk7InDYE1MGRqXHjKCQlzJxnhAjWfYbfn++7Uqyr2f4mYlMMCgYEAgLh6
        I02xeXg4ql1EhEnjRHJEbPM55NVhZ9eb2zT9fb5SImB5PvvCJ7BLUM72ZXrwC/rl
        AEQvjnv4mGJ2zxQTeP2/LyU5Lw4AxpKlGuEnv1OdjdxqTCn8+FNGpOwgGc05Wr2U
        I9ekHTkwJkhCk7TdsWdx+MBuv0ieWaAaAHmCOKsCgYBtgljeXz5mT4kP6aqwZL2P
        0DdoQ0goL8nKX3CxpzMMrKittAPi5nWblN7PcZggTiOsGT7y0CZb3yWD8MJzJyO9
        U1MV6JLR7qne9ZksM3fVhmMLdHilwwThXY5owyf/xAC+b1HEyKriiDDlR3SrxWC1
        dYlvguUZMr5kLwG2OyhpGA==
        -----END PRIVATE KEY-----
        """

    /// A key of 1024 bits.
    static let shortPEM = """
        -----BEGIN PRIVATE KEY-----
        MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAJaBWnv7KdNGrIRN
        1w/0gw3F0awSSYI+2q2+Co8+tvEttkMgCXy1EcygwbTzhWzHQaVYOR51ouRwS1GA
        bJGxshzeVP6m2nhlgNNUTbHaSukwG32mYhWB0wrCMrJTmeNsGGZC+25O+1OqYqon
        a1nTp8l2Q/YuFsWxlGJ8opvxlOQdAgMBAAECgYEAlLkkKemqjf2DkoW85CZRrrVx
        GOFFRHBJ9XAazSxC6Rarya8J0PK4sQWWBPKzQSexRetlHiVOnwAcXWBTaLE4d+yH
        HxacOpPezmiTRkZ/BI63jnyKTEIJzlvFFfWCnTmHDNY1DPF9DywJC1IorK/6BA78
        Nljo1fLJWJvPIxqz7r0CQQDFVUlCGAPdd4b4zkDLWykz5S4y1/LUAY1jAcdWEETm
        KEhC3UHuzO4LeUh5oNGBAE0koNN4Uj3AMX2B9UhXoc43AkEAw0ASoUlfyiUMFYn4
        E+qIImXMAYMmvMSvNX06RvhaA2SjYqmdXLDT0WwT/GJ3bt80+KRyWLuzWi3X+ywU
        adFWSwJASgm2w8qY4KYxCPbxzpq0edkaHU9yt2Khtqz7KmpOP4CLpDK5wyw2gC2Q
        KLpTALCpQP3qefF5Y7vt2C28Z8y4vwJAWRvm5MEt/H3H9BSRqdVB6CD5aD9I8KH7
        LLhIXpd9zUqi3qZ2cRUqtstSm778rxcjf87deO3BPwjpJ3LIpjqp3QJBAJ3WVJ2h
        7f2iiwZS4Z8zvLCe41S9Usx7vKGi659V8SfimV3EHNKjNlMMCvIqLsU/JJZ7Ah5N
        9COuYnjYsB6kZys=
        -----END PRIVATE KEY-----
        """

    /// A key of P-256.
    static let p256PEM = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguH0OKnkKh3TgR26K
        Nf/gC+WqZDlC6Nyf/FbhjT1ukdOhRANCAAQp4FodpLH/3NuIqIUUS10eWU3+9azQ
        N6qDZL7fmyccA9Chq4aDhmFCjdMpi8e6YQHpapQEG6+37FcilsTf1HE6
        -----END PRIVATE KEY-----
        """

    /// The same key as SEC 1.
    static let p256SEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEILh9Dip5Cod04EduijX/4AvlqmQ5Qujcn/xW4Y09bpHToAoGCCqGSM49
        AwEHoUQDQgAEKeBaHaSx/9zbiKiFFEtdHllN/vWs0Deqg2S+35snHAPQoauGg4Zh
        Qo3TKYvHumEB6WqUBBuvt+xXIpbE39RxOg==
        -----END EC PRIVATE KEY-----
        """

    /// The same key, encrypted.
    static let p256Encrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgJBgrpox2OGwICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELVlDO0tvf7mRILDIjPpfWsEgZA5
        V8OD+N2frtDqIZjgpTRriJnEcczqYbspoET5ie+SRi/VGhW1NqSTfrNwwxPs2Xz1
        mi9PE8WHN12awGop0665bNVS7Eg1HiL6u3Ulx9nz3nZQFziFbVMsZfRurnLwk80A
        2I68cDG/XFZgjpe1tcO6J5Hirb+Liy6Zs6qe8VnXO+Bk7sJtJqCgOQYe/ezEVPI=
        -----END ENCRYPTED PRIVATE KEY-----
        """

    /// The same key with a byte after it.
    static let p256WithMore = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguH0OKnkKh3TgR26K
        Nf/gC+WqZDlC6Nyf/FbhjT1ukdOhRANCAAQp4FodpLH/3NuIqIUUS10eWU3+9azQ
        N6qDZL7fmyccA9Chq4aDhmFCjdMpi8e6YQHpapQEG6+37FcilsTf1HE6AA==
        -----END PRIVATE KEY-----
        """

    /// A key of P-384.
    static let p384PEM = """
        -----BEGIN PRIVATE KEY-----
        MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC5dtT2VzQdnck0X0E2
        9dD3oNhnPOXy/9UD55bd+G6yp0uSoMEJC1oJl2N551mFQKGhZANiAATojp9kjZVp
        EEuqHStvnF+jBBJTQOd16ArcYpc7K7Ygbtbf/SSCnhv26Z9gyxykOz0nXAb7zXCa
        v4wNf4eY/vZwUu3AFk8js2y3MAO0IyVbwHSmWedmmMpHqa/KoKureR4=
        -----END PRIVATE KEY-----
        """

    /// A key of secp256k1.
    static let secp256k1PEM = """
        -----BEGIN PRIVATE KEY-----
        MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgj8GvSbszPA9DOZ1WBTN/
        qSBIT7lByGyunMBFWVA3NvuhRANCAARRbSswN1KRy/gR/40OlgiObrcmKxkVBwsb
        w843o1xohecrdVI/2ZZeHTt5JGhVDOHqu7Hl3zsdHno//HRGz8wV
        -----END PRIVATE KEY-----
        """

    /// A key of Ed25519.
    static let ed25519PEM = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIKsnosWGg+n/thAFQwOc/K5fERsvKjW/sZCrjCxCTm+k
        -----END PRIVATE KEY-----
        """

    /// A key of X25519.
    static let x25519PEM = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIAAsdlm24LqrSYvm8eJRZRXVCndoU5geON3kLPXWLsBE
        -----END PRIVATE KEY-----
        """

    /// A modulus of 2048 bits whose primes are of the form of CVE-2017-15361.
    static let rocaModulus =
        "2mvjjJwEjnyV-H8HB9CVT70upZdXUXkDm6DBYJV32_BvTO_jZIusdMyKCnndIcnmGPdWzHjYmNFstb3GghHXVziNCtISh5JL"
        + "Omq7dsZPnjq6Wlvwsa4BwAggG4P2CwvQkrY8mB7MDkPUG3rDTgm9yd97BQGTSDxDevWtWP8IvqB5rJwDpCqTXLo_HOcR7a-q"
        + "RfWO4-NBjtiU9IEdxFXyNiWegeGJKAoOVGv8JZffzGf8w-MKNLRGeWrqnEoXUQL0PhpRR8rZDRvuVUUTAzDHoCYWSyDxTiFt"
        + "EqfxLQUt1B7znGP-GlMMSj9SXy1svUR_UO2e43_gNM68nmA9o9jvDw"

    /// The product of two primes, of 2040 bits.
    static let modulus2040 =
        "zfd0QF_bvvJv1UtqAzHgW1BaR4tm0KbWQkjw3ZGP8NF7JCN7li_bm5X_MC6kAsixKOr53n-iRvOmhY4tHW38fZeD0CAL1VUX"
        + "DkDAq0wls7JAWsZ999xEYDslCFQL0IAw_wWHEC70iPR_VejvA9BVEC18MpNDl3ZWlpa68O_WxuXaWOFlwcyGGvH7HfB2S49I"
        + "0ZrdC0-znsny3A0aHCptcclW1Mbcccbzj_RyIF2CxXFBlb0figPJ8E1VRWwXGwytC15YNDLbaNePiPhAnxNSCV6-nHtqNPpF"
        + "oH5tvIVXeOnE1_HvbjbD5gHwsrbhkE9URM22ClmMMJPUdsZUun67"

    /// An odd number of 2047 bits.
    static let modulus2047 =
        "WrP4OBz984-gp1biLjOUDieffwwbKhy1b7gHj3fmFyuD_oxs4cPAQoBfwyW4FEJkfbAV3VCCxvAwTm3ZC3CITm6kFJuTArEo"
        + "QqUtsqmVgpNeWAUtsftNUuU4HO3zXtsh-KXzDgQM6znE54Xgkob84Zu7VGenSZBvqa1ddxAPqIfJMe1phEYLTEq0GLG1HY2a"
        + "9uDDea8ZEj2kh_DM36UgsThAd9JWNWf93LIFSXJKdAcvTGk3BR6GZt1FBA59jiYgG7DKAqxc-XKohX3_hrgoOXizcAg_RNqQ"
        + "Y4MM4WQz76f5o93z3wRCsBV24HzrvY4XhBAzipbZ-CKRoOrUpcl3Mw"

    /// An odd number of 4104 bits.
    static let modulus4104 =
        "xAzC6XA8ZoFLQ1-F-GsqxUem7EBpcYnzZooAzO_GFP1X8vtzwEQDFzWO3-yQeMBl7Q6_LZvxIeIWNX-UslxCzEgraUx9Es86"
        + "nwrvstKg-MAhQGXbWwB3PaZM6Y7zmW8FJWBaSWZmVciz2I3bSthjZYQbPqwXaRb-G071ERwdy-NrwtjA_pEZwIikmxCrhsSc"
        + "8s-PxfNIYyX3Uwv1T4-T07tT7VEqaEYCioy9Rpt2cjtQmi8QTGRKEIrmsSJA_0s7B1Dk-4keg4v_pQPzm7buYdD3S39tO-_7"
        + "5sJX9yLbtpaNJC-ucSz7beMjytxYgsEHxgTSFGpRbZjshhLqyjB62x6X6CzU8tRPv9UN0D-ePRaKi-fqxxRKBfHzY_lBNaR_"
        + "bCU1MJctM4NXEULlD8-yZQVxMWNCn-aU4IkfWNO39R7ceCxxgY1U1e7TW0osQlKSoC0-JHxKFLQRDLghe3PQ5kAXIsdGIFgU"
        + "FrWigEIEUB_RC6ikEb6sDGf5IQSH-PJjYgTZfY2Bm0oxt74BtC_PcUTfAwTV-81CiPlzUdOWEnBBl7BOjz8FyYOAuHljgzD1"
        + "od0nO9HSfaiwE6CpluCMsPmjh5m-BfL4AnmxRijJO3hDS_T5ynO5GNgqLkw96yrlah6MrAspuUwGyFyI4VOAUV7zkfrFRRN-"
        + "UfMXsWX6exwj"

    /// What the signatures below are over.
    static let pssInput = "eyJhbGciOiJQUzI1NiJ9.e30"

    /// PSS signatures by the key of 2048 bits, by the length of their salt in bytes, and whether the length is the hash's.
    static let pssSignatures: [(algorithm: Algorithm, saltLength: String, text: String, isValid: Bool)] = [
        (
            .ps256, "0",
            "YPN2oBykptDXhcgrdr-SYfZq4QV2GHCEyaBCkjLZeGYK-0WhnHvWHYbym3ydz7hiE2mR7-n7X-nC2Ub6YTcqPb71FzcOLocM"
                + "crYH2baMII-whHs_RMsTak5WL-hV3lxtI8-vyjLGxFf8bIa71cR97yOJspXhIekUuReoia2U4XIqmcUq4NJ3axc4MhZK1Xfx"
                + "zN54puoMw-gxEH8mQiLUgmUIrHog04uNxpuj8BdFoNkXxwHaBQeWF4VBCG4TrBcDKt0_IlZ1-64w7P1Y4ujyf-XO3joHMypr"
                + "z8jUzkWDrIZ4KyMcwLSlEs05jvN-8AScJwA25-sH9gg6WoQe-7vDUQ",
            false
        ),
        (
            .ps256, "20",
            "UZZdqhAR81sHwachA3ybWIMei4tLKrqABOFRU4Tul5D5i1kkynYNjbIRlZfBRch31uWK0dh-j0_IC8RnO6WvewwoWqq-BhA_"
                + "M47y9JpriCByM4-dezUrXOrLT1eH61_BNNkcGjYdLVVfQaQ5RaX0AbrVx5GET_xpj8tD4bSktrC3CvM2m-0GLexdaCt2yFbY"
                + "Y_q5YMyl6m0l8hudWxlbrMJdL2lh3bBuRRthngxCQslYt2Dlsq4FAjL5vMgmiSILpm4oS3VmlxlcoxoLSUytoZE1fYFGz3Rf"
                + "YfClzek5v67TkdJGPO_GQorlh0CMA9XPYZklgSGsaMaBiB5tc5tObw",
            false
        ),
        (
            .ps256, "32",
            "elMM4mzrrUiotPkiyDDq7x7e8zV-37Dwohaxn9w5kdt_dNKOX4BZxivR23W0KGFDOLKxLkx1vqgO9rJE8hrXp4QfympxQx8i"
                + "-jka4JnDgHSMqBdLDJbJos-e2zIKr-vbLsHC77LyS9S_-HmWjaAuXBa49mmyPGuzcl_CJCRMG2wGFqA8kJo_yWDUAYnbYh-U"
                + "D2V8xpfHPVxSkDD50UA5BVnj9BwwZbvE62iVZKhuL-L99AgH3dyrFCRsBXTtHIPkIooZHoJhn9SHZrLw2EgoligdKYKnuv4g"
                + "gBIy7n8C7esoquxKTkB8YXQA4AvZRXMu0-Fs5u4ZVdNxOriZ2IUzKQ",
            true
        ),
        (
            .ps256, "max",
            "JdtaU9lDSlSDWXhWaOhN144ePwP5uDOInp4O6HccDjzzIgFUTzbvwZg8HeHIqSKf3UlKy7rQR4JG8FK-J32unuz5ixEHt4qM"
                + "CSbQCPrgyg-q1FbbtOhPynrzmrG0UgkYt0BCxSvPbs32747rlOO632VerKJCMo0RsjNHMYPscM9OAc_p4iqHIYYcN9tFAhAs"
                + "4UwDdtEjRGokk5oSw0dljXBg3JK1rxWylezjI6YhtDnJqODN6gU7oRtHmXqGFTuVTreiB9KxBUNJc3rylVP-FATDaetNuS6d"
                + "bgsCb8QUAOcpd1vzvp3hX7Vby9TDhvDYkJrc7BAqap91CcZNTfmLGA",
            false
        ),
        (
            .ps384, "0",
            "jbywjDediMNC5K5MzLMLzfmdvYitqV9cTUdkpP_b5fKyHfjOqUx6lJ8nreilsPogJoR7vCBMJBG5aaeNii_OLeLBXe7f6coY"
                + "hUvYeFeVJgFMoiBjoVtNeQ1EuKRVmsnwq2rX_HSVHol1riA7wwnIiWeCDuCJe4mnR_R-HzUYu35EeJAZKFlTwIfqcXZFs3fc"
                + "7kBUfhao51PctlH-M_HbGaqZ2rc6iySrzOiDnPheV1dzojRLC-vx4Jww3aPIDigLcDvIbprsJmnUkID3XcX207YqEeChq1Mm"
                + "Os0R7L9LSwCVDMqkO-Ire7Ua9Nj4L70Q5BE6upjyv89SIr1yTpuiGg",
            false
        ),
        (
            .ps384, "20",
            "oaDUj75Ma2W5LcU0b3CBZ9g64q6B1cHm0KHj7TuDqZ9bdZtgiNTSJDYySo4WlUVtsS3kh6ZTwQDj5_GN-y7ernkL-XfhvIZg"
                + "9G5qvv9ZbePso_V7jKwEobBNj_tkYmRTuO5tNYOax8-fkNe2fQoDLaaDXutDstduu48vAA_pen1x1F586mEXFMaJr_BsLbEd"
                + "Bv4xSadvSbr5PGBQb-KRdqiGAnR9aKT_elvxLQMYLdmhND4Ei8rm2GGmQhHnPCyvIl73JEX7yXIXuMA7uDlEkB0yfj8Xzr2a"
                + "PfAkR2Rs05yD_VdXhyZpfy1g2xuFtT4ui9WdJ_G7rQXKggZQCfC26Q",
            false
        ),
        (
            .ps384, "48",
            "uKPpNTIwXQtFjCJddKbMT2cqeuZ7RtcWFIY8WiE-SEXWB13xXaegBNIgHNRRHbgxRsqd0nWWMs0Y4Y91p_QULbgp5E7xxsP3"
                + "CJA7o8qmbu2JsXi4BLLMuggA9VvkBBrjjIIjQlTn5cPoXVhC8Rzqy9bRH3zxoWGtII_cSt8rTz5ve5MqelnFDDk0NKjwtyVc"
                + "8HVwlWcDyLTpZPhnzEPbGEx5tkw6g-ah8WAupMDvLwA8ZtNu2s55FDQZBHUUPPJPxTcK2dbZw5H47gZ2BXMo0JI1MVRHqXkW"
                + "oyG62tCWCj3HcFDZnLNUZxtjwWRugX_JYxOxqeDLD0VwwHTxdWTu3w",
            true
        ),
        (
            .ps384, "max",
            "vLflPJk9dDi27WeUs1sjSIKUHRikECn4lf5xIpaUtKcywbUNIB5d23i6DNO5Y1ZKFa-AzQBuuxWe4ZPlZ47sLEcNDONRNIXf"
                + "DaqdmvJiMdFht6tLZTAY1of9Snsl2VLRunw1cIKUU2TuvO5omIIuKREa0d5fRW89ji_Z-psr0Dn-fh9WLiuvOiHGGvCLU9aq"
                + "jNPYYA_ZwFh6YYnCG0GWNFirdJwXk-PRFPR-b-iXMxvYaKMXRhgH6LDxQzSLFN-PnUvgps87D8JDXFOnoH0OCYWCV1mwuKc2"
                + "Lfg29FBGs_QuhBIKKGSRgaA1b8QleRYbGLmEqPmrzyCdJvz5StqHqQ",
            false
        ),
    ]
}
