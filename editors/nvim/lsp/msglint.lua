return {
  cmd = { "msglint", "lsp" },
  filetypes = { "json", "jsonc", "jsonl", "yaml", "python", "typescript", "typescriptreact", "javascript", "javascriptreact", "markdown", "mdx", "sh", "bash" },
  root_markers = { "msglint.toml", ".msglint.toml", "pyproject.toml", ".git" },
}
