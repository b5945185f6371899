import type { IlsPatron } from '@understory/sip2/deck.ts';
import { type Simulator, type SimulatorOptions, startSimulator, type Tools } from './catalogue.ts';

const page = (lines: readonly string[]) => `<HTML><BODY>\n${lines.join('<BR>\n')}<BR>\n</BODY></HTML>`;

/** The Patron API of Millennium: lines of HTML. `dump` asks for no PIN and gives everything. */
export function startMillennium(options: SimulatorOptions): Promise<Simulator> {
	return startSimulator('millennium', options, (call, tools) => {
		const path = call.path.replace(/^\/PATRONAPI/, '');
		if (call.method === 'POST' && path === '/pintest') {
			const given = new URLSearchParams(call.body);
			return {
				status: 200,
				body: page(pintest(given.get('number') ?? '', given.get('pin') ?? undefined, tools)),
			};
		}
		const card = /^\/([^/]+)\/dump$/.exec(path)?.[1];
		if (call.method !== 'GET' || !card) return null;
		const found = tools.find(decodeURIComponent(card));
		return { status: 200, body: page(found ? dump(tools.told(found)) : NOT_FOUND) };
	});
}

const NOT_FOUND = ['ERRNUM=1', 'ERRMSG=Requested record not found'];

function pintest(card: string, pin: string | undefined, tools: Tools): string[] {
	if (!tools.find(card)) return NOT_FOUND;
	return tools.fits(card, pin) ? ['RETCOD=0'] : ['RETCOD=1', 'ERRNUM=4', 'ERRMSG=Invalid patron PIN'];
}

/** MM-DD-YY. */
const short = (day: string) => `${day.slice(4, 6)}-${day.slice(6)}-${day.slice(2, 4)}`;

function dump(one: IlsPatron): string[] {
	return [
		'REC INFO[p!]=p',
		`EXP DATE[p43]=${short(one.expires)}`,
		`P TYPE[p47]=${one.kind === 'adult' ? '0' : '22'}`,
		...(one.born === '' ? [] : [`BIRTH DATE[p51]=${short(one.born)}`]),
		`HOME LIBR[p53]=${one.home ?? 'main'}`,
		`MBLOCK[p56]=${{ lost: 'c', blocked: 'b' }[one.state as string] ?? '-'}`,
		`RECORD #[p81]=${one.internalId!.replace(/\D/g, '')}`,
		`MONEY OWED[p96]=${one.state === 'owing' ? '$25.50' : '$0.00'}`,
		`PATRN NAME[pn]=${one.name}`,
		`ADDRESS[pa]=${one.address ?? ''}`,
		`EMAIL ADDR[pz]=${one.email ?? ''}`,
		`P BARCODE[pb]=${one.card}`,
		`PIN[p=]=${one.pin ?? ''}`,
	];
}
