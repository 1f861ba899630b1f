import Anthropic from "@anthropic-ai/sdk";
import { useState } from "react";

export function Ask({ apiKey }: { apiKey: string }) {
  const [text, setText] = useState("");
  const ask = async () => {
    const client = new Anthropic({ apiKey, dangerouslyAllowBrowser: true });
    const answer = await client.messages.create({
      model: "claude-haiku-4-5",
      messages: [{ role: "user", content: text }],
    });
    setText(answer.content.map((block) => (block.type === "text" ? block.text : "")).join(""));
  };
  return <button onClick={ask}>{text ? <b>»{text}«</b> : "Ask"}</button>;
}
