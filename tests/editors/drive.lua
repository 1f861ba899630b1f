-- Opens a file, and writes what the language server says of it before and after its first quick fix as JSON.
-- nvim --clean --headless -c "luafile drive.lua" FILE, with the name of the file to write in $MSGLINT_FOUND.

local TIMEOUT = 20000

local function found()
  local all = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    local lsp = each.user_data and each.user_data.lsp or {}
    table.insert(all, {
      rule = each.code or lsp.code,
      line = each.lnum,
      column = each.col,
      end_column = each.end_col,
      message = each.message,
      source = each.source,
    })
  end
  table.sort(all, function(one, other)
    return one.line < other.line or (one.line == other.line and one.column < other.column)
  end)
  return all
end

local function main()
  vim.wait(TIMEOUT, function()
    return #vim.diagnostic.get(0) > 0
  end)
  local before = found()
  assert(before[1], "there are no diagnostics")

  local clients = vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = 0 }) or vim.lsp.buf_get_clients(0)
  local client = assert(select(2, next(clients)), "there is no client")
  local first = before[1]
  local params = vim.lsp.util.make_given_range_params(
    { first.line + 1, first.column },
    { first.line + 1, first.end_column },
    0,
    client.offset_encoding
  )
  params.context = { diagnostics = {}, only = { "quickfix" } }
  local answers = vim.lsp.buf_request_sync(0, "textDocument/codeAction", params, TIMEOUT)
  local actions = {}
  for _, answer in pairs(answers) do
    actions = answer.result
  end
  local titles, preferred = {}, nil
  for _, action in ipairs(actions) do
    table.insert(titles, action.title)
    if action.isPreferred and not preferred then
      preferred = action
    end
  end
  assert(preferred, "there is no quick fix among " .. vim.inspect(titles))
  vim.lsp.util.apply_workspace_edit(preferred.edit, client.offset_encoding)
  vim.wait(TIMEOUT, function()
    for _, each in ipairs(found()) do
      if each.rule == first.rule then
        return false
      end
    end
    return true
  end)
  return {
    encoding = client.offset_encoding,
    before = before,
    titles = titles,
    after = found(),
    lines = vim.api.nvim_buf_get_lines(0, 0, -1, true),
  }
end

local worked, result = pcall(main)
vim.fn.writefile({ vim.fn.json_encode(worked and result or { error = result }) }, vim.env.MSGLINT_FOUND)
vim.cmd("qa!")
