import type { Fault } from './errors.ts';
import type { Connection, HttpConnection } from './sign-in-connections.ts';
import type { SignInSettings } from './sign-in-settings.ts';
import { faultsOfUpstreams } from './upstream-faults.ts';

/**
 * What is wrong with settings that are of the schema, each with a sentence for who wrote them; empty when nothing is. Whether patterns can be read is found
 * where they are run.
 */
export function faultsOfSignIn(settings: SignInSettings): Fault[] {
	const { connector, state, canaries = [], pin = {}, timeouts = {} } = settings;
	const faults: Fault[] = [];
	const say = (field: string, sentence: string) => faults.push({ field, text: sentence });
	// Where nobody's card is asked about, nothing can say yes to every PIN.
	const asksCards = connector.kind !== 'list' && settings.elsewhere?.only !== true;
	if (state !== 'draft' && canaries.length === 0 && asksCards) {
		say(
			'canaries',
			'Before patrons sign in there must be a canary: a card of the library that belongs to nobody.',
		);
	}
	if ((pin.min_length ?? 1) > (pin.max_length ?? 64)) {
		say('pin.min_length', 'The shortest PIN is longer than the longest.');
	}
	const { answer = 0, connect = 0, whole = Number.POSITIVE_INFINITY } = timeouts;
	if (whole < Math.max(answer, connect)) {
		say('timeouts.whole', 'The time for everything is shorter than that for one step.');
	}
	const ways = settings.elsewhere ? faultsOfUpstreams(settings.elsewhere) : [];
	return [...faults, ...faultsOfConnection(connector), ...ways];
}

function faultsOfConnection(connector: Connection): Fault[] {
	const faults: Fault[] = [];
	if (
		connector.kind === 'koha-rest' &&
		(connector.login === undefined) === (connector.client === undefined)
	) {
		faults.push({ field: 'connector.login', text: 'Give either a login or an API client.' });
	}
	if ('url' in connector) faults.push(...faultsOfAddress(connector));
	return faults;
}

function faultsOfAddress({ url, plain_http = false, ca }: HttpConnection): Fault[] {
	const faults: Fault[] = [];
	const plain = url.startsWith('http:');
	if (plain && !plain_http) {
		faults.push({
			field: 'connector.url',
			text: 'Card numbers go over https. Only for a network of your own that the platform allowed may plain_http be said.',
		});
	}
	if (plain && ca !== undefined) {
		faults.push({ field: 'connector.ca', text: 'Without https there is no certificate to check.' });
	}
	if (!URL.canParse(url)) faults.push({ field: 'connector.url', text: 'This is no address.' });
	return faults;
}
