import { type Schema, SIGN_IN_SCHEMA } from './sign-in-schema.ts';
import type { SignInSettings } from './sign-in-settings.ts';

/**
 * The settings with every secret changed by `change`, which is told where it stands (`connector.login.password`, `canaries.0.pin`): for sealing and
 * opening, and for showing that there is one. What is a secret is what the schema marks `writeOnly`. The settings must be of the schema.
 */
export function mapSecrets(
	settings: SignInSettings,
	change: (path: string, secret: string) => string,
): SignInSettings {
	return walk(SIGN_IN_SCHEMA, settings, '', change) as SignInSettings;
}

function walk(
	schema: Schema,
	value: unknown,
	path: string,
	change: (path: string, secret: string) => string,
): unknown {
	if (schema.writeOnly === true && typeof value === 'string') return change(path, value);
	const below = (part: string | number) => (path === '' ? String(part) : `${path}.${part}`);
	if (Array.isArray(value)) {
		const items = (schema.items ?? {}) as Schema;
		return value.map((item, at) => walk(items, item, below(at), change));
	}
	if (typeof value !== 'object' || value === null) return value;
	const { properties = {} } = formOf(schema, value) as { properties?: Record<string, Schema> };
	return Object.fromEntries(
		Object.entries(value).map(([name, one]) => [
			name,
			walk(properties[name] ?? {}, one, below(name), change),
		]),
	);
}

/** The form that a value has: that of its kind, where there are several. */
function formOf(schema: Schema, value: object): Schema {
	if (!Array.isArray(schema.oneOf)) return schema;
	const { kind } = value as { kind?: unknown };
	const forms = schema.oneOf as readonly { properties: { kind: { const: string } } }[];
	return (forms.find(({ properties }) => properties.kind.const === kind) ?? {}) as Schema;
}
