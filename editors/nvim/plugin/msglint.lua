if vim.lsp.enable then
  vim.lsp.enable("msglint")
  return
end

-- Neovim before 0.11 does not read lsp/msglint.lua.
local client

vim.api.nvim_create_autocmd({ "BufNewFile", "BufRead" }, { pattern = "*.jsonl,*.ndjson", command = "setfiletype jsonl" })
vim.api.nvim_create_autocmd("FileType", {
  pattern = { "json", "jsonc", "jsonl", "yaml", "python", "typescript", "typescriptreact", "javascript", "javascriptreact", "markdown", "mdx", "sh", "bash" },
  callback = function(event)
    client = client
      or vim.lsp.start_client({
        name = "msglint",
        cmd = { "msglint", "lsp" },
        root_dir = vim.loop.cwd(),
        on_exit = function()
          client = nil
        end,
      })
    if client then
      vim.lsp.buf_attach_client(event.buf, client)
    end
  end,
})
