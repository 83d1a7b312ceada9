package store

import "syscall"

// networkFolder names the kind of network disk that the folder is on; empty
// means a local disk.
func networkFolder(folder string) string {
	var stat syscall.Statfs_t
	if syscall.Statfs(folder, &stat) != nil {
		return ""
	}
	// The numbers are those of statfs(2).
	switch uint32(stat.Type) { // signed on some machines
	case 0x6969:
		return "NFS"
	case 0x517B, 0xFF534D42, 0xFE534D42:
		return "SMB"
	case 0x01021997:
		return "9p"
	case 0x00C36400:
		return "Ceph"
	case 0x5346414F, 0x6B414653:
		return "AFS"
	case 0x013111A8:
		return "IBRIX"
	case 0x0BD00BD0:
		return "Lustre"
	}
	return ""
}
