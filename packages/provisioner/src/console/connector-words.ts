import type { FormWords } from './schema-form/shown.ts';

/** Our words in a reader's language; `maybe` is null for what has none. */
export interface Wording {
	(key: string, values?: Readonly<Record<string, unknown>>): string;
	maybe(key: string): string | null;
}

/** Choices whose values are words of the protocols, and shown as they are. */
const AS_THEY_ARE = /(?:^|_)(?:charset|terminator|order|card_field)$/;

/**
 * The words of a connection's form, by the places of its schema: `connector.label.login_user`. Where a kind of catalogue has words of its own for a place they stand under
 * `<kind>_<place>`. Throws for a place without a label, so that no field is shown without one.
 */
export function formWords(t: Wording, kind: string): FormWords {
	const own = (room: string, id: string) => {
		const place = placeOf(id);
		return t.maybe(`connector.${room}.${kind}_${place}`) ?? t.maybe(`connector.${room}.${place}`);
	};
	return {
		label: (id) => own('label', id) ?? t(`connector.label.${placeOf(id)}`),
		hint: (id) => own('hint', id),
		option(id, value) {
			const place = placeOf(id);
			if (value === 'yes' || value === 'no') return t(`connector.${value}`);
			return AS_THEY_ARE.test(place) ? value : t(`connector.option.${place}_${value}`);
		},
		fault(id, { empty, secret }) {
			const said = own('fault', id);
			if (said !== null && !(empty && secret)) return said;
			if (secret) return t('connector.fault.secret');
			return t(empty ? 'connector.fault.empty' : 'connector.fault.other');
		},
	};
}

/** `connector.login.user` is `login_user`; the first canary's card is `canary_card`. */
function placeOf(id: string): string {
	return id
		.replace(/^connector\./, '')
		.replace(/^canaries\.0\./, 'canary.')
		.replaceAll('.', '_');
}
