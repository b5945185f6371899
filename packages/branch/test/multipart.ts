/** A file as somebody’s computer has it. */
export interface File {
	readonly name: string;
	readonly bytes: Buffer;
	readonly type?: string;
}

/** What a browser sends for a form with files. */
export function multipart(
	fields: Record<string, string>,
	files: readonly File[],
): { body: Buffer; type: string } {
	const mark = 'form-7d1f';
	const parts: Buffer[] = Object.entries(fields).map(([name, value]) =>
		Buffer.from(`--${mark}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
	);
	for (const { name, bytes, type } of files) {
		const head = `--${mark}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: ${type ?? 'image/jpeg'}\r\n\r\n`;
		parts.push(Buffer.from(head), bytes, Buffer.from('\r\n'));
	}
	parts.push(Buffer.from(`--${mark}--\r\n`));
	return { body: Buffer.concat(parts), type: `multipart/form-data; boundary=${mark}` };
}
