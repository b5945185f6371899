import type { Fault } from '@understory/core/errors.ts';
import { faultsOfSignIn } from '@understory/core/sign-in-faults.ts';
import { SIGN_IN_SCHEMA } from '@understory/core/sign-in-schema.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { schemaFaults } from '@understory/http/schema-faults.ts';
import { isPattern } from '@understory/sip2/pattern.ts';
import { faultOfSettings, type SettingsFault } from '@understory/sip2/settings.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { sip2Settings } from '../connectors/sip2.ts';
import { faultsInWays } from '../upstream/settings-faults.ts';

/** Tells what is wrong with a document of settings, each fault with its field and a sentence; nothing when it can be used. Faults never quote a value. */
export type SettingsCheck = (document: unknown) => Fault[];

/** Built once, since compiling a schema takes a while. */
export function createSettingsCheck(): SettingsCheck {
	const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, discriminator: true });
	const validate = ajv.compile<SignInSettings>(SIGN_IN_SCHEMA);
	return (document) => {
		if (!validate(document)) return schemaFaults(validate.errors, 'There is no such setting.');
		const ways = document.elsewhere ? faultsInWays(document.elsewhere) : [];
		return [...faultsOfSignIn(document), ...faultsOfPatterns(document), ...faultsOfSip2(document), ...ways];
	};
}

function faultsOfPatterns({ card = {}, rules = {} }: SignInSettings): Fault[] {
	const patterns = [
		{ field: 'card.pattern', pattern: card.pattern },
		...(rules.belongs ?? []).map(({ matches }, at) => ({
			field: `rules.belongs.${at}.matches`,
			pattern: matches,
		})),
	];
	return patterns
		.filter(({ pattern }) => pattern !== undefined && !isPattern(pattern))
		.map(({ field }) => ({ field, text: 'This is no pattern that RE2 can read.' }));
}

/** What only the protocol's own package can tell: certificates that cannot be read, a sign that cannot separate. */
function faultsOfSip2({ connector, timeouts = {} }: SignInSettings): Fault[] {
	if (connector.kind !== 'sip2') return [];
	const fault = faultOfSettings(sip2Settings(connector, timeouts, new Set()));
	if (!fault) return [];
	const field = NAMES[fault.setting] ?? fault.setting;
	return [{ field: `connector.${field}`, text: SENTENCES[fault.why] }];
}

const NAMES: Readonly<Record<string, string>> = {
	'fields.birthDate': 'fields.birth_date',
	'fields.type': 'fields.patron_type',
	'fields.stableId': 'fields.stable_id',
	'tls.serverName': 'tls.server_name',
};

const SENTENCES: Readonly<Record<SettingsFault['why'], string>> = {
	plain_text:
		'Card numbers would go over the network in plain text. Give tls, or say plain_text on a private line.',
	not_a_sign_between_fields: 'This sign cannot stand between fields.',
	not_a_pattern: 'This is no pattern that RE2 can read.',
	not_a_free_field: 'This field holds something that is never read, or that the decision rests on.',
	not_in_range: 'This length cannot be.',
	not_sendable: 'This cannot be sent in a message.',
	two_kinds_of_trust: 'Give either an authority or the certificate itself.',
	not_a_certificate: 'This is no certificate that can be read.',
	not_a_key: 'This key cannot be read, or does not belong to the certificate.',
	key_without_certificate: 'A certificate and its key come together.',
	unknown_dialect: 'There is no such dialect.',
};
