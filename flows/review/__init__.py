"""
Looking at cuts in a browser, and making a rule pack of what people say about them.

    dataset ─ data ─▶ page (a file, or served on loopback) ─▶ answers ─ pack ─▶ mine.toml
"""
