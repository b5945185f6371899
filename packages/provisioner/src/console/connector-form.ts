import { type Schema, SIGN_IN_SCHEMA } from '@understory/core/sign-in-schema.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { type Control, controlsOf } from './schema-form/controls.ts';

const { properties } = SIGN_IN_SCHEMA as unknown as {
	properties: {
		connector: { oneOf: readonly (Schema & { properties: { kind: { const: string } } })[] };
		canaries: { items: Schema };
	};
};

/** The kinds of connection, in the order of their schema. */
export const CONNECTOR_KINDS: readonly string[] = properties.connector.oneOf.map(
	({ properties: of }) => of.kind.const,
);

/** Where TLS is given, and nothing more about it, everybody's authorities are believed. */
const SWITCHES: ReadonlySet<string> = new Set(['connector.tls']);

/** What nearly every catalogue of a kind needs, besides what its schema requires; all else stands behind "More". */
const COMMON: ReadonlySet<string> = new Set(
	['tls', 'login', 'client', 'institution', 'dialect', 'reads_patron'].map((name) => `connector.${name}`),
);

/** The form of one kind of connection, made from its schema. */
export interface ConnectorForm {
	readonly kind: string;
	/** Of the connection. */
	readonly controls: readonly Control[];
	/** Of the first canary; none for a list, which is asked by nobody but us. */
	readonly canary: readonly Control[];
}

const FORMS: ReadonlyMap<string, ConnectorForm> = new Map(
	properties.connector.oneOf.map((schema) => {
		const kind = schema.properties.kind.const;
		const canary = kind === 'list' ? [] : controlsOf(properties.canaries.items, 'canaries.0', SWITCHES);
		return [kind, { kind, controls: controlsOf(schema, 'connector', SWITCHES), canary }];
	}),
);

/** The form of a kind; undefined when there is no such kind. */
export function connectorForm(kind: string): ConnectorForm | undefined {
	return FORMS.get(kind);
}

/** Does a control stand before "More"? */
export function isCommon({ id, required }: Pick<Control, 'id' | 'required'>): boolean {
	return required || COMMON.has(id);
}

/** The settings with another connection and first canary, all else as it was; a draft where there were none. */
export function withConnector(
	shown: SignInSettings | null,
	{ connector, canary, version }: { connector: object; canary: object; version: number },
): unknown {
	const more = shown?.canaries?.slice(1) ?? [];
	const canaries = Object.keys(canary).length > 0 ? [canary, ...more] : more;
	const { canaries: _before, ...rest } = shown ?? { state: 'draft' };
	return { ...rest, version, connector, ...(canaries.length > 0 ? { canaries } : {}) };
}
