package node

// RuntimeClient is a CRI client of the node's runtime; Close releases its socket.
type RuntimeClient = runtimeClient

// DialRuntime returns a client of the runtime behind a CRI endpoint.
func (h *Host) DialRuntime(endpoint string) (*RuntimeClient, error) {
	return (&sight{host: h}).dial(endpoint)
}
