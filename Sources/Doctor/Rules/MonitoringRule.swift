/// Who may see /status and /metrics.
struct MonitoringRule: SiteRule {
    func findings(in site: Site) -> [Finding] {
        ["$grantd_monitoring_network", "$grantd_monitoring"].compactMap(site.map).flatMap { map in
            map.entries.filter { entry in
                let value = entry.value
                guard !value.isEmpty, value != "0", !value.hasPrefix("$") else { return false }
                return entry.name == "default" || AddressRange.isEveryone(entry.name)
            }.map { entry in
                Finding(
                    .failure,
                    "monitoring-open",
                    at: entry.place,
                    "Everyone may see /metrics and /status, with the ids of clients and what the site does.",
                    remedy: "Name the addresses that may see them, and write \"default '';\"."
                )
            }
        }
    }
}
