;;; drive.el --- what Emacs shows of a file, before and after a quick fix -*- lexical-binding: t -*-

;; emacs --batch -Q -l drive.el CONFIGURATION FILE, with the name of the file to write in $MSGLINT_FOUND.

(dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa-src/*"))
  (add-to-list 'load-path folder))
(require 'eglot)
(require 'json)

(defconst drive-timeout 20)

(unless (fboundp 'js-json-mode)
  (define-derived-mode js-json-mode js-mode "JSON"))
(add-to-list 'auto-mode-alist '("\\.json\\'" . js-json-mode))

(defun drive-wait (condition)
  (let ((end (+ (float-time) drive-timeout)))
    (while (and (not (funcall condition)) (< (float-time) end))
      (accept-process-output nil 0.05))))

(defun drive-found ()
  (mapcar (lambda (each)
            (save-excursion
              (goto-char (flymake-diagnostic-beg each))
              `((line . ,(1- (line-number-at-pos)))
                (column . ,(- (point) (line-beginning-position)))
                (end_column . ,(- (flymake-diagnostic-end each) (line-beginning-position)))
                (message . ,(flymake-diagnostic-text each)))))
          (sort (flymake-diagnostics)
                (lambda (one other) (< (flymake-diagnostic-beg one) (flymake-diagnostic-beg other))))))

(defun drive-quick-fix (diagnostic)
  "Apply the preferred action at DIAGNOSTIC, and return the titles of all."
  (let* ((range `(:start ,(eglot--pos-to-lsp-position (flymake-diagnostic-beg diagnostic))
                  :end ,(eglot--pos-to-lsp-position (flymake-diagnostic-end diagnostic))))
         (actions (jsonrpc-request (eglot--current-server-or-lose) :textDocument/codeAction
                                   `(:textDocument ,(eglot--TextDocumentIdentifier) :range ,range
                                     :context (:diagnostics [] :only ["quickfix"]))))
         (preferred (seq-find (lambda (action) (eq t (plist-get action :isPreferred))) actions)))
    (eglot--apply-workspace-edit (plist-get preferred :edit))
    (seq-map (lambda (action) (plist-get action :title)) actions)))

(defun drive (configuration file)
  (load configuration nil t t)
  (find-file file)
  (apply #'eglot--connect (eglot--guess-contact))
  (drive-wait #'flymake-diagnostics)
  (let* ((before (drive-found))
         (titles (drive-quick-fix (car (sort (flymake-diagnostics)
                                             (lambda (one other)
                                               (< (flymake-diagnostic-beg one) (flymake-diagnostic-beg other))))))))
    (eglot--signal-textDocument/didChange)
    (drive-wait (lambda () (/= (length (flymake-diagnostics)) (length before))))
    `((before . ,(vconcat before)) (titles . ,(vconcat titles)) (after . ,(vconcat (drive-found)))
      (lines . ,(vconcat (split-string (buffer-string) "\n"))))))

(let ((found (drive (pop command-line-args-left) (pop command-line-args-left)))
      (coding-system-for-write 'utf-8))
  (with-temp-file (getenv "MSGLINT_FOUND")
    (insert (json-encode found))))

;;; drive.el ends here
