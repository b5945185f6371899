/** What a catalogue writes its texts in. SIP2 says code page 850 unless both sides agree on another (reference/library-sso.md 1.1). */
export type Charset = 'utf-8' | 'latin1' | 'cp850';

/** Code page 850 from 0x80 on; Node has no decoder for it. */
const CP850 =
	'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀' +
	'ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

/** The bytes of a text, or null when the charset has no sign for part of it: nothing is ever replaced by a question mark. */
export function toBytes(text: string, charset: Charset): Buffer | null {
	if (charset === 'utf-8') return text.isWellFormed() ? Buffer.from(text, 'utf8') : null;
	const bytes: number[] = [];
	for (const sign of text) {
		const code = sign.codePointAt(0)!;
		const byte = code < 0x80 || (charset === 'latin1' && code < 0x100) ? code : cp850Byte(sign, charset);
		if (byte === null) return null;
		bytes.push(byte);
	}
	return Buffer.from(bytes);
}

/** The text of bytes, or null when they are not text in this charset. */
export function fromBytes(bytes: Uint8Array, charset: Charset): string | null {
	if (charset === 'latin1') return Buffer.from(bytes).toString('latin1');
	if (charset === 'cp850') {
		return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP850[byte - 0x80])).join(
			'',
		);
	}
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		if (error instanceof TypeError) return null;
		throw error;
	}
}

function cp850Byte(sign: string, charset: Charset): number | null {
	const at = charset === 'cp850' ? CP850.indexOf(sign) : -1;
	return at < 0 ? null : at + 0x80;
}
