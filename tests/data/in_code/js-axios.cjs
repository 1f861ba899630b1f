const axios = require("axios");

module.exports = async (text) => {
  const { data } = await axios.post(
    "https://api.anthropic.com/v1/messages",
    {
      model: "claude-haiku-4-5",
      max_tokens: 100,
      messages: [{ role: "user", content: [{ type: "text", value: text, text }] }],
    },
    { headers: { "x-api-key": process.env.ANTHROPIC_API_KEY, "anthropic-version": "2023-06-01" } },
  );
  return data;
};
