import Anthropic from "@anthropic-ai/sdk";

export class Writer {
  private readonly client = new Anthropic();
  static readonly MODEL = "claude-haiku-4-5";

  async *write(topic: string): AsyncGenerator<string> {
    const stream = await this.client.messages.create({
      model: Writer.MODEL,
      max_tokens: "1024",
      stream: true,
      messages: [{ role: "user", content: `Write about ${topic}` }],
    });
    for await (const event of stream) yield JSON.stringify(event);
  }
}
