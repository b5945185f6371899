import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const AT_ONCE = 16;
const BATCH = 10_000;
const BATCHES = 5;

/** What this process takes to answer one request for an address, in milliseconds of CPU: a run is ten thousand of them, asked by another process. */
export async function answeringCosts(port: number, host: string, path: string): Promise<number[]> {
	const runs: number[] = [];
	for (let batch = 0; batch <= BATCHES; batch += 1) {
		const before = process.cpuUsage();
		await askElsewhere(port, host, path);
		const { user, system } = process.cpuUsage(before);
		// The first warms up.
		if (batch > 0) runs.push((user + system) / 1000 / BATCH);
	}
	return runs;
}

async function askElsewhere(port: number, host: string, path: string): Promise<void> {
	const script = fileURLToPath(new URL('./asking.ts', import.meta.url));
	const words = [port, host, path, BATCH, AT_ONCE].map(String);
	const child = spawn(process.execPath, [script, ...words], { stdio: 'inherit' });
	const [code] = await once(child, 'exit');
	if (code !== 0) throw new Error(`whoever asked ended with ${code}`);
}
