import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
export const RULES_FILE = at('rules.yaml');

export interface Alert {
	readonly alert: string;
	readonly expr: string;
	readonly for: string;
	readonly labels: { readonly severity: string };
	readonly annotations: {
		readonly summary: string;
		readonly description: string;
		readonly runbook_url: string;
	};
}

/** Every alert of the rules. */
export function alerts(): Alert[] {
	const { groups } = parse(readFileSync(RULES_FILE, 'utf8')) as { groups: { rules: Alert[] }[] };
	return groups.flatMap(({ rules }) => rules);
}

interface Panel {
	readonly id: number;
	readonly title: string;
	readonly description?: string;
	readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
	readonly targets: readonly { readonly expr: string }[];
}
export interface Dashboard {
	readonly uid: string;
	readonly title: string;
	readonly panels: readonly Panel[];
	readonly templating: { readonly list: readonly { readonly name: string; readonly query: unknown }[] };
}

/** Every dashboard, by the name of its file. */
export function dashboards(): Map<string, Dashboard> {
	const files = readdirSync(at('dashboards')).filter((name) => name.endsWith('.json'));
	return new Map(files.map((name) => [name, JSON.parse(readFileSync(at(`dashboards/${name}`), 'utf8'))]));
}

/** Every expression of alerts and dashboards, with what it belongs to. A dashboard's variables stand as they would be filled in. */
export function expressions(): { readonly of: string; readonly expr: string }[] {
	return [
		...alerts().map(({ alert, expr }) => ({ of: alert, expr })),
		...[...dashboards()].flatMap(([file, { panels }]) =>
			panels.flatMap(({ title, targets }) =>
				targets.map(({ expr }) => ({
					of: `${file}: ${title}`,
					expr: expr
						.replaceAll('$namespace', 'understory-library-anytown')
						.replaceAll('$__rate_interval', '5m'),
				})),
			),
		),
	];
}

/** A metric that an expression asks for, with the labels that it asks for by name. */
export interface Asked {
	readonly metric: string;
	readonly labels: readonly { readonly label: string; readonly values: readonly string[] }[];
}

/** What an expression asks for. All of ours, of the process and of Node have a name that tells them from functions and words. */
export function askedBy(expr: string): Asked[] {
	const selector = /\b((?:understory|process|nodejs|certmanager)_\w+)(?:\{([^}]*)\})?/g;
	return [...expr.matchAll(selector)].map(([, metric, inside = '']) => ({
		metric: metric!,
		labels: [...inside.matchAll(/(\w+)\s*[=!]~?\s*"([^"]*)"/g)].map(([, label, values]) => ({
			label: label!,
			values: values!.split('|'),
		})),
	}));
}
