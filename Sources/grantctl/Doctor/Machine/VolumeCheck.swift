import Doctor
import Linux

/// Whether the file system under a directory can keep what grantd writes there.
struct VolumeCheck {
    /// The directory's path.
    let path: String
    /// Whether files there are locked and mapped by several processes, which a network's file system does not do rightly.
    let isShared: Bool

    /// Names of file systems by their magic numbers (`linux/magic.h`).
    private static let networks: [UInt32: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2", 0x00C3_6400: "Ceph",
        0x0102_1997: "9P", 0x6B41_4653: "AFS", 0x0BD0_0BD0: "Lustre", 0x5346_414F: "AFS",
    ]
    private static let memory: Set<UInt32> = [0x0102_1994, 0x8584_58F6]
    /// Fewer bytes than this are as good as none.
    private static let leastBytes: UInt64 = 16 << 20
    /// Below this there is a warning.
    private static let fewBytes: UInt64 = 256 << 20

    /// What there is to say.
    func findings(on machine: any MachineView) -> [Finding] {
        guard let volume = machine.volume(of: path) else { return [] }
        var findings: [Finding] = []
        if isShared, let network = Self.networks[volume.type] {
            findings.append(
                Finding(
                    .failure,
                    "disk-on-network",
                    "\(path) is on \(network): locks and shared memory do not work there as grantd needs them.",
                    remedy: "Keep the state on a local disk; for several machines use an engine, see grantd-cluster(7)."
                )
            )
        }
        if isShared, Self.memory.contains(volume.type) {
            findings.append(
                Finding(
                    .warning,
                    "disk-in-memory",
                    "\(path) is in memory: clients and tokens are lost when the machine restarts.",
                    remedy: "Set GRANTD_STATE to a directory on a disk, such as /var/lib/grantd."
                )
            )
        }
        if volume.isReadOnly {
            findings.append(
                Finding(
                    .failure,
                    "disk-read-only",
                    "\(path) is on a file system that is mounted read-only.",
                    remedy:
                        "See `dmesg` for why; then `mount -o remount,rw` its mount point, shown by `findmnt -T \(path)`."
                )
            )
        }
        return findings + spaceFindings(volume)
    }

    private func spaceFindings(_ volume: Volume) -> [Finding] {
        var findings: [Finding] = []
        let megabytes = volume.available >> 20
        let remedy = "Free some space: `df -h \(path)` shows the disk, `du -xh -d 2` what is on it."
        if volume.available < Self.leastBytes {
            findings.append(
                Finding(
                    .failure,
                    "disk-full",
                    "The disk of \(path) has \(megabytes) MB left: no token can be issued.",
                    remedy: remedy
                )
            )
        } else if volume.available < Self.fewBytes {
            let statement = "The disk of \(path) has only \(megabytes) MB left."
            findings.append(Finding(.warning, "disk-nearly-full", statement, remedy: remedy))
        }
        if volume.files > 0, volume.freeFiles < 1000 {
            findings.append(
                Finding(
                    volume.freeFiles < 16 ? .failure : .warning,
                    "disk-files",
                    "The file system of \(path) has room for only \(volume.freeFiles) more files.",
                    remedy: "Remove files: `df -i \(path)` shows the file system."
                )
            )
        }
        return findings
    }
}
