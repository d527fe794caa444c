"""Getting pages over HTTP: polite, bounded, and recorded as they came."""
