import { renderer } from '../../charts/test/fixtures/render.ts';
import { VALUES } from '../../charts/test/fixtures/values.ts';
import { readyTools } from '../cluster/tools.ts';

interface Variable {
	readonly name: string;
	readonly value: string;
}

/** The NODE_OPTIONS with which a chart, told no more than it must be, starts one of its roles. `deployment`: its name where there are several. */
export async function chartFlags(chart: string, deployment?: string): Promise<string> {
	const { least, release } = VALUES[chart]!;
	const { spec } = renderer(await readyTools())
		.render(chart, least, release)
		.one('Deployment', deployment);
	const variables: readonly Variable[] = spec.template.spec.containers[0].env;
	return variables.find(({ name }) => name === 'NODE_OPTIONS')!.value;
}
