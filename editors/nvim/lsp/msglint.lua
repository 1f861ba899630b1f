return {
  cmd = { "msglint", "lsp" },
  filetypes = { "json", "jsonc", "jsonl", "yaml" },
  root_markers = { "msglint.toml", ".msglint.toml", "pyproject.toml", ".git" },
}
