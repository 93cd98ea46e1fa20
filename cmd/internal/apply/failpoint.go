package apply

// fail is where a test may stop, delay or break this process.
func fail(string) {}
