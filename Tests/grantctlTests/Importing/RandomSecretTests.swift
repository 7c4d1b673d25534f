import Testing

@testable import grantctl

struct RandomSecretTests {
    @Test(arguments: [
        "mB7xQ2vLr9TzKe4HwY8nJc5PsD1gUf6A", "Zq8dK3wPf0RuYb5XhT7sLm2NvC9eGj4A", "tW4nH8kQz1RxUa6BpD3vMf9YsJ0cLg7E",
    ])
    func `a secret of 32 mixed letters is one of Keycloak's`(text: String) {
        #expect(RandomSecret.isMadeByKeycloak(text))
    }

    @Test(arguments: [
        "", "client-secret", "4c1c2f0e-6a0b-4b8e-9c70-1f6f3f7f7a55", "mB7xQ2vLr9TzKe4HwY8nJc5PsD1gUf6",
        "mB7xQ2vLr9TzKe4HwY8nJc5PsD1gUf6-", "ThisIsMySuperSecretPassword12345", "MyKeycloakClientSecretForBilling",
        "correcthorsebatterystaple1234567", "P4ssw0rdP4ssw0rdP4ssw0rdP4ssw0rd", "aBcDeFgHiJkLmNoPqRsTuVwXyZ012345",
        "1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
    ])
    func `words, patterns and other lengths count as chosen`(text: String) {
        #expect(!RandomSecret.isMadeByKeycloak(text))
    }
}
