ask() {
	curl -s https://api.anthropic.com/v1/messages \
		-H "anthropic-version: 2023-06-01" \
		--data-binary @- <<-EOF
	{
		"model": "claude-haiku-4-5",
		"messages": [{"role": "user", "content": "$1 costs \$5 and \`more\`"}],
		"max_tokens": -5
	}
	EOF
}
