package procfs

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// sameSocket compares an address of /proc/net/tcp or tcp6 with one of ours.
func sameSocket(text string, want netip.AddrPort) bool {
	got, ok := parseAddress(text)
	return ok && got.Port() == want.Port() && got.Addr().Unmap() == want.Addr().Unmap().WithZone("")
}

// parseAddress reads "0100007F:280A": the address in words of 32 bits, each in the byte
// order of the machine, and the port, both in hexadecimal digits (proc_net(5)).
func parseAddress(text string) (netip.AddrPort, bool) {
	address, port, ok := strings.Cut(text, ":")
	raw, err := hex.DecodeString(address)
	if !ok || err != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}
	number, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	ip, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip, uint16(number)), ok
}
