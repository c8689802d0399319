"""Shows the library in the browser: questions and answers as JSON, worker processes, a guarded server on loopback, and its page."""
