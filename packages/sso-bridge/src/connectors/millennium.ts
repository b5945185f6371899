import type { MillenniumConnection } from '@understory/core/sign-in-connections.ts';
import type { Block } from '@understory/core/sign-in-settings.ts';
import type { CardResult, Connector, When } from './connector.ts';
import { type Ask, pathPart, unexpected } from './exchange.ts';
import { factsFrom, textOf } from './facts.ts';
import { type HttpParts, httpConnector } from './http-connector.ts';
import { misconfigured } from './no-verdict.ts';

/**
 * Asks the Patron API of Millennium and older Sierra (reference/library-sso.md 2.2), by POST, so that no PIN stands in an address. `pintest` answers lines of
 * HTML; exactly one `RETCOD=0` and no error is a yes. `dump`, the whole record, is read only where the library says so, and of it only what is named below.
 */
export function millenniumConnector(connection: MillenniumConnection, parts: HttpParts): Connector {
	const { reads_patron = false } = connection;
	return httpConnector(connection, parts, {
		async ask(ask, { card, secret }, when): Promise<CardResult> {
			const part = pathPart(card);
			if (part === null) return { outcome: 'bad_credentials' };
			const answer = await ask({
				method: 'POST',
				path: '/pintest',
				headers: { accept: 'text/html' },
				form: { number: card, ...(secret === null ? {} : { pin: secret }) },
				secret: true,
			});
			if (answer.status !== 200) throw unexpected(answer);
			const lines = linesOf(answer.text);
			const codes = lines.filter(([name]) => name === 'RETCOD').map(([, value]) => value);
			const errors = lines.filter(([name]) => name === 'ERRNUM' || name === 'ERRMSG');
			if (codes.length === 0 && errors.length === 0) throw misconfigured('unreadable');
			if (codes.length !== 1 || codes[0] !== '0' || errors.length > 0) return { outcome: 'bad_credentials' };
			if (!reads_patron) return { outcome: 'ok', facts: factsFrom({ card }, when) };
			return recordOf(ask, { card, part, connection, when });
		},
		async reach(ask) {
			// A number that no card has, and no PIN: only whether somebody answers in this language.
			const answer = await ask({
				method: 'POST',
				path: '/pintest',
				headers: { accept: 'text/html' },
				form: { number: '' },
			});
			if (answer.status !== 200) throw unexpected(answer);
			if (linesOf(answer.text).length === 0) throw misconfigured('unreadable');
		},
	});
}

async function recordOf(
	ask: Ask,
	about: { card: string; part: string; connection: MillenniumConnection; when: When },
): Promise<CardResult> {
	const { card, connection, when } = about;
	const answer = await ask({
		method: 'GET',
		path: `/${about.part}/dump`,
		headers: { accept: 'text/html' },
	});
	if (answer.status !== 200) throw unexpected(answer);
	const lines = linesOf(answer.text);
	const all = (code: string) =>
		lines.filter(([name]) => name.endsWith(`[${code}]`)).map(([, value]) => value);
	const only = (code: string) => (all(code).length === 1 ? textOf(all(code)[0]) : null);
	if (!all('pb').includes(card)) throw misconfigured('another_patron');
	return {
		outcome: 'ok',
		facts: factsFrom(
			{
				card,
				stableId: only('p81'),
				born: shortDate(only('p51'), when, 'past'),
				expires: shortDate(only('p43'), when, 'any'),
				location: only('p53'),
				patronType: only('p47'),
				blocks: blocksOf(only('p56'), connection.blocks ?? {}),
			},
			when,
		),
	};
}

/** `NAME=value` lines, without the tags between them. */
function linesOf(html: string): [name: string, value: string][] {
	const texts = html.replace(/<br\s*\/?>/gi, '\n').replace(/<[^>]*>/g, '');
	return texts.split(/\r?\n/).flatMap((line): [string, string][] => {
		const at = line.indexOf('=');
		return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()]] : [];
	});
}

/** YYYY-MM-DD of MM-DD-YY or MM-DD-YYYY. Of two centuries the later one that may be: nobody is born in the future, and no card ends before 1970. */
function shortDate(text: string | null, { now }: When, which: 'past' | 'any'): string | null {
	const found = /^(\d\d)-(\d\d)-(\d\d|\d{4})$/.exec(text ?? '');
	if (!found) return null;
	const [, month, day, written = ''] = found;
	if (written.length === 4) return `${written}-${month}-${day}`;
	const latest = which === 'past' ? new Date(now).getUTCFullYear() : 2069;
	const year = 2000 + Number(written) > latest ? 1900 + Number(written) : 2000 + Number(written);
	return `${year}-${month}-${day}`;
}

function blocksOf(code: string | null, meanings: Readonly<Record<string, Block>>): Block[] {
	if (code === null || code === '-') return [];
	return [Object.hasOwn(meanings, code) ? meanings[code]! : 'other'];
}
