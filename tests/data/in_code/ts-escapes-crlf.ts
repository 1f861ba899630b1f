import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic();
export default await client.messages.create({
	model: 'claude-haiku-4-5',
	max_tokens: 9,
	messages: [{ content: 'it\'s \u{1F40E} 🐎 \x41', 'role': 'kiň' }],
});
