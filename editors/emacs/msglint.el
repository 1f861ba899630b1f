(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((json-mode json-ts-mode js-json-mode yaml-mode yaml-ts-mode) . ("msglint" "lsp"))))
