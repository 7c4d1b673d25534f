/// The version of grantd and of grantctl: that of the newest entry in `deploy/debian/changelog`, to which a test holds it.
package let version = "0.1.0"
