import Testing

@testable import GrantCore

struct MediaTypeTests {
    @Test(arguments: [
        ("application/x-www-form-urlencoded", MediaType.form),
        ("application/json", .json),
        ("Application/JSON", .json),
        ("APPLICATION/X-WWW-FORM-URLENCODED", .form),
        ("application/json;charset=utf-8", .json),
        ("application/json ; charset=\"utf-8\"; x=y", .json),
        ("application/json;", .json),
        ("application/x-www-form-urlencoded; charset=ISO-8859-1", .form),
        (" \tapplication/json\t ", .json),
    ])
    func `a type is read without case and parameters`(contentType: String, mediaType: MediaType) {
        #expect(MediaType(contentType: contentType) == mediaType)
    }

    @Test(arguments: [
        "", " ", ";", "; application/json", "json", "application", "application/", "/json", "application/jsonp",
        "application/json5", "xapplication/json", "application/json-patch+json", "application/problem+json",
        "text/json", "application/ json", "application /json", "application/json, text/plain",
        "application/json charset=utf-8", "application/x-www-form-urlencoded2", "application/x-www-form",
        "multipart/form-data; boundary=x", "text/plain", "application/json\u{0}", "application/json\n",
        "application/j\u{17F}on",
    ])
    func `a type is compared whole`(contentType: String) {
        #expect(MediaType(contentType: contentType) == nil)
    }
}
