//go:build !linux

package store

// networkFolder cannot be told on this system.
func networkFolder(string) string { return "" }
