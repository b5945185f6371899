import { Refusal } from '../refusal.ts';
import type { Said } from './assertion.ts';
import { PERSISTENT } from './names.ts';

/** Names of attributes that stand for the same thing: the SAML names, and the OIDs they travel under. */
const EDU_PERSON = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.';
export const ALIASES: ReadonlyMap<string, string> = new Map([
	['eduPersonAffiliation', `${EDU_PERSON}1`],
	['eduPersonPrimaryAffiliation', `${EDU_PERSON}5`],
	['eduPersonEntitlement', `${EDU_PERSON}7`],
	['eduPersonScopedAffiliation', `${EDU_PERSON}9`],
	['eduPersonUniqueId', `${EDU_PERSON}13`],
	['pairwise-id', 'urn:oasis:names:tc:SAML:attribute:pairwise-id'],
	['subject-id', 'urn:oasis:names:tc:SAML:attribute:subject-id'],
	['ou', 'urn:oid:2.5.4.11'],
	['employeeType', 'urn:oid:2.16.840.1.113730.3.1.4'],
	['schacDateOfBirth', 'urn:oid:1.3.6.1.4.1.25178.1.2.3'],
]);

/** The values of an attribute, by the name a setting uses. */
export function valuesOf(said: Pick<Said, 'attributes'>, name: string): readonly string[] {
	const alias = ALIASES.get(name);
	return [...(said.attributes.get(name) ?? []), ...((alias && said.attributes.get(alias)) || [])];
}

/** Scoped ids (`letters@scope`) are the same in upper and lower case (SAML subject identifiers 1.0, 3.2.1). */
const SCOPED = ['pairwise-id', 'subject-id', 'eduPersonUniqueId'] as const;

/**
 * Who somebody is at their provider, in the order of preference (reference/library-sso.md 4.3): pairwise id, subject id, eduPersonUniqueId, a
 * persistent name for us; only when none of them was sent, the attribute the library named. Several are several names of the same person. A
 * name for one session is none. Throws `Refusal` when nothing stable was sent.
 */
export function subjectsOf(
	said: Pick<Said, 'attributes' | 'nameId'>,
	about: { readonly us: string; readonly attribute?: string | undefined },
): string[] {
	const scoped = SCOPED.flatMap((name) => {
		const values = new Set(valuesOf(said, name).map((value) => value.toLowerCase()));
		const [value] = values;
		return values.size === 1 && value && /^[^@\s]+@[^@\s]+$/.test(value) ? [`${name}\0${value}`] : [];
	});
	const { nameId } = said;
	const ours = nameId?.format === PERSISTENT && (nameId.spNameQualifier ?? about.us) === about.us;
	const standard = [...scoped, ...(ours ? [`persistent\0${nameId.value}`] : [])];
	if (standard.length > 0) return standard;
	const named = about.attribute === undefined ? [] : valuesOf(said, about.attribute);
	if (named.length !== 1 || named[0] === '') throw new Refusal('no_stable_subject');
	return [`attribute\0${about.attribute}\0${named[0]}`];
}
