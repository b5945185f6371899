import { faultOfLogin, faultOfStatus } from './decision.ts';
import { fieldsFor } from './facts.ts';
import type { Agreement, Sip2Settings } from './settings.ts';
import { Broken, type Conversation, type Question } from './wire/conversation.ts';
import { onlyField, type ReceivedMessage, type Sip2Field } from './wire/message.ts';

const NOTHING: ReadonlySet<string> = new Set();

/** Logs in and sees that the catalogue is on line, in the order it wants; its status where it was asked. */
export async function enter(
	talk: Conversation,
	settings: Sip2Settings,
	agreed: Agreement,
): Promise<ReceivedMessage | null> {
	const { login } = settings;
	const early = agreed.asksStatus === 'before_login' ? await askStatus(talk, agreed) : null;
	if (login) {
		const fields: Sip2Field[] = [
			['CN', login.user],
			['CO', login.password],
		];
		if (login.location) fields.push(['CP', login.location]);
		const question = { code: '93', fixed: '00', fields, answer: '94', wanted: NOTHING };
		const fault = faultOfLogin((await talk.ask(question, agreed.times.login)).answer);
		if (fault) throw new Broken(fault);
	}
	return agreed.asksStatus === 'after_login' ? askStatus(talk, agreed) : early;
}

async function askStatus(talk: Conversation, { times }: Agreement): Promise<ReceivedMessage> {
	const question = { code: '99', fixed: '09992.00', fields: [], answer: '98', wanted: new Set(['BX']) };
	const { answer } = await talk.ask(question, times.login);
	const fault = faultOfStatus(answer);
	if (fault) throw new Broken(fault);
	talk.trace({ step: 'on_line', supports: onlyField(answer, 'BX'), version: answer.fixed.slice(30) });
	return answer;
}

const BELIEVED = ['AA', 'BL', 'CQ'];

/** The question about a patron. An empty PIN is sent as one; with null there is no field for it. */
export function aboutPatron(
	{ institution = '', terminalPassword = '' }: Sip2Settings,
	{ fields: map, needs }: Agreement,
	about: {
		readonly question: '23' | '63';
		readonly date: string;
		readonly card: string;
		readonly pin: string | null;
	},
): Question {
	const pin: Sip2Field[] = about.pin === null ? [] : [['AD', about.pin]];
	// Ten blanks: no list of anything that was borrowed.
	const summary = about.question === '63' ? ' '.repeat(10) : '';
	return {
		code: about.question,
		fixed: `000${about.date}${summary}`,
		// AC stands last, since some servers trim the end of a message and with it a PIN that ends in signs.
		fields: [
			['AO', institution] as const,
			['AA', about.card] as const,
			...pin,
			['AC', terminalPassword] as const,
		],
		answer: about.question === '63' ? '64' : '24',
		wanted: new Set([...BELIEVED, ...fieldsFor(map, needs)]),
	};
}

/** A courtesy: plain silence is forgiven. Any byte that is not its answer is not, for then the answer before it may not have been ours. */
export async function endSession(
	talk: Conversation,
	about: { settings: Sip2Settings; agreed: Agreement; date: string; card: string },
): Promise<void> {
	// Never the PIN again.
	const fields = [['AO', about.settings.institution ?? ''] as const, ['AA', about.card] as const];
	const question = { code: '35', fixed: about.date, fields, answer: '36', wanted: NOTHING };
	try {
		await talk.ask(question, about.agreed.times.end);
	} catch (error) {
		if (!(error instanceof Broken) || error.answer.outcome !== 'unavailable') throw error;
		if (talk.stained) throw new Broken({ outcome: 'misconfigured', reason: 'surplus' });
	}
}
