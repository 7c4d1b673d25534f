import Monitoring
import Testing

@Suite struct MetricsFormatTests {
    @Test(arguments: [
        (nil, MetricsFormat.prometheus), ("", .prometheus), ("*/*", .prometheus), ("text/html", .prometheus),
        ("application/openmetrics-text", .openMetrics), ("Application/OpenMetrics-Text;Version=1.0.0", .openMetrics),
        ("application/openmetrics-text; version=\"1.0.0\"", .openMetrics),
        ("application/openmetrics-text;version=0.0.1", .prometheus),
        ("application/openmetrics-text;version=1.0.0;q=0", .prometheus),
        ("text/plain;version=0.0.4", .prometheus), ("text/plain, application/openmetrics-text", .openMetrics),
        ("text/plain;q=0.9, application/openmetrics-text;q=0.8", .prometheus),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
        ),
    ])
    func `OpenMetrics is for who asks for it`(accept: String?, format: MetricsFormat) {
        #expect(MetricsFormat(accept: accept) == format)
    }
}
