import { Agent, request } from 'node:http';

// Asks another process for one address, over kept connections: `asking.ts PORT HOST PATH COUNT AT_ONCE`.
const [port, host, path, count, atOnce] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(atOnce) });
let left = Number(count);

function ask(): Promise<void> {
	return new Promise((resolve, reject) => {
		const headers = { host: host! };
		const sent = request({ host: '127.0.0.1', port: Number(port), path, headers, agent }, (answer) => {
			answer.resume();
			answer.on('end', () => {
				if (answer.statusCode === 200) resolve();
				else reject(new Error(`${path} answered ${answer.statusCode}`));
			});
		});
		sent.on('error', reject);
		sent.end();
	});
}

await Promise.all(
	Array.from({ length: Number(atOnce) }, async () => {
		while (left-- > 0) await ask();
	}),
);
agent.destroy();
