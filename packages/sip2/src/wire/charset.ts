import { isAscii, isUtf8 } from 'node:buffer';

/** What a catalogue writes its texts in. SIP2 says code page 850 unless both sides agree on another (reference/library-sso.md 1.1). */
export type Charset = 'utf-8' | 'latin1' | 'cp850' | 'ascii';

/** Code page 850 from 0x80 on; Node has no decoder for it. */
const CP850 =
	'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀' +
	'ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

/** The bytes of a text, or null when the charset has no sign for part of it: nothing is ever replaced by a question mark. */
export function toBytes(text: string, charset: Charset): Buffer | null {
	if (charset === 'utf-8') return text.isWellFormed() ? Buffer.from(text, 'utf8') : null;
	const bytes = Buffer.alloc(text.length);
	let at = 0;
	for (const sign of text) {
		const byte = byteOf(sign, charset);
		if (byte === null) return null;
		bytes[at++] = byte;
	}
	return bytes;
}

/** Are these bytes text in this charset? Told without making a text of them. */
export function isText(bytes: Uint8Array, charset: Charset): boolean {
	if (charset === 'utf-8') return isUtf8(bytes);
	return charset === 'ascii' ? isAscii(bytes) : true;
}

/** The text of bytes, or null when they are not text in this charset. */
export function fromBytes(bytes: Uint8Array, charset: Charset): string | null {
	if (!isText(bytes, charset)) return null;
	return textOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), charset);
}

/**
 * The text of bytes from one place to another, which are known to be text in this charset. Always in NFC: some catalogues answer with letters and their
 * marks apart (reference/library-sso.md 1.9).
 */
export function textOf(bytes: Buffer, charset: Charset, start = 0, end = bytes.length): string {
	if (charset === 'utf-8') return bytes.toString('utf8', start, end).normalize('NFC');
	const text = bytes.toString('latin1', start, end);
	if (charset !== 'cp850') return text;
	return text.replace(/[\u0080-\u00ff]/g, (sign) => CP850[sign.charCodeAt(0) - 0x80]!);
}

function byteOf(sign: string, charset: Charset): number | null {
	const code = sign.codePointAt(0)!;
	if (code < 0x80 || (charset === 'latin1' && code < 0x100)) return code;
	const at = charset === 'cp850' ? CP850.indexOf(sign) : -1;
	return at < 0 ? null : at + 0x80;
}
