# SPDX-License-Identifier: GPL-2.0
"""vgpu-device-plugin and a real kubelet, whose runtime only notes.

    python3 real.py PROGRAM HOOK FAKEVGPU.so KUBELET WORKDIR
"""

import base64
import json
import os
import subprocess
import sys
import time
import urllib.request

import cri

PROGRAM, HOOK, FAKE, KUBELET, WORK = sys.argv[1:]
ROOT = '/var/lib/kubelet'
PLUGINS = f'{ROOT}/device-plugins'
RESOURCE = 'vgpu.io/memory-256Mi'
MI, GI = 1 << 20, 1 << 30
CARD0 = f'card0 {GI} card0 renderD128'
CARD1 = f'card1 {GI // 2} card1 renderD129'
TAP = {'n': 0, 'failed': 0}


def ok(good, description):
    """One line of TAP."""
    TAP['n'] += 1
    TAP['failed'] += not good
    print(f"{'' if good else 'not '}ok {TAP['n']} - {description}", flush=True)


def same(got, want, description):
    """One line of TAP, with what was got where it is another."""
    ok(got == want, description)
    if got != want:
        print(f'# got {got}, want {want}')


def until(condition, seconds=30):
    """Wait for that; its value, or what it was at last."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.1)


def devices(*lines):
    """The devices of the host."""
    table = f'{WORK}/vgpu/devices'
    with open(f'{table}.new', 'w', encoding='ascii') as out:
        out.write(''.join(line + '\n' for line in lines))
    os.rename(f'{table}.new', table)


def run(name, *args, **env):
    """A child whose words are kept."""
    # pylint: disable=consider-using-with
    log = open(f'{WORK}/{name}.log', 'ab')
    return subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log,
                            stderr=log, env={**os.environ, **env})


def kill(child):
    """End it as it does not expect."""
    child.kill()
    child.wait()


def registrations():
    """How often the kubelet took us, as we say."""
    with open(f'{WORK}/plugin.log', encoding='utf-8') as log:
        return log.read().count(f'registered {RESOURCE} with')


def start_plugin():
    """The plugin on the devices of the table."""
    return run('plugin', PROGRAM, '--poll', '1', '--dev', f'{WORK}/dev',
               LD_PRELOAD=FAKE, FAKEVGPU=f'{WORK}/vgpu/devices')


def start_kubelet():
    """The kubelet by itself, with pods from a directory."""
    return run('kubelet', KUBELET, f'--root-dir={ROOT}',
               f'--pod-manifest-path={WORK}/manifests',
               '--file-check-frequency=1s', '--container-runtime=remote',
               f'--container-runtime-endpoint=unix://{WORK}/cri.sock',
               '--cgroups-per-qos=false', '--enforce-node-allocatable=',
               '--fail-swap-on=false', '--hostname-override=node',
               '--node-ip=10.9.9.1', '--read-only-port=10255',
               '--address=127.0.0.1', '--eviction-hard=', '--v=2')


def pod(name, units, env=(), annotations=None):
    """A static pod with one container that asks for so many units."""
    asked = {RESOURCE: str(units)}
    text = json.dumps({
        'apiVersion': 'v1', 'kind': 'Pod',
        'metadata': {'name': name, 'annotations': annotations or {}},
        'spec': {'hostNetwork': True, 'containers': [{
            'name': 'main', 'image': 'localhost/none:1', 'env': list(env),
            'resources': {'limits': asked, 'requests': asked}}]}})
    with open(f'{WORK}/{name}', 'w', encoding='ascii') as out:
        out.write(text)
    os.rename(f'{WORK}/{name}', f'{WORK}/manifests/{name}.json')


def remove(name):
    """Take a pod away."""
    os.unlink(f'{WORK}/manifests/{name}.json')


def refusal(name):
    """Why the kubelet does not run a pod, by its own list of them."""
    def find():
        try:
            with urllib.request.urlopen('http://127.0.0.1:10255/pods') as page:
                items = json.load(page)['items'] or []
        except OSError:
            return ''
        for one in items:
            if (one['metadata']['name'] == f'{name}-node' and
                    one['status'].get('phase') == 'Failed'):
                return f"{one['status']['reason']}: {one['status']['message']}"
        return ''
    return until(find)


def checkpoint():
    """The kubelet's own record of units and of who has them."""
    try:
        with open(f'{PLUGINS}/kubelet_internal_checkpoint',
                  encoding='ascii') as file:
            return json.load(file)['Data']
    except FileNotFoundError:
        return {}


def units():
    """How many healthy units the kubelet knows."""
    known = checkpoint().get('RegisteredDevices') or {}
    return len(known.get(RESOURCE) or [])


def answers():
    """What we answered for each container, from that record."""
    return [base64.b64decode(entry['AllocResp'])
            for entry in checkpoint().get('PodDeviceEntries') or []]


def hook(config, annotations):
    """What vgpu-oci-hook would set for a container, as runtimes start it."""
    bundle = f'{WORK}/bundle'
    os.makedirs(bundle, exist_ok=True)
    labels = config.labels
    with open(f'{bundle}/config.json', 'w', encoding='ascii') as out:
        json.dump({
            'ociVersion': '1.0.2',
            'process': {'env': [f'{e.key}={e.value}' for e in config.envs]},
            'annotations': {
                'io.kubernetes.cri.container-type': 'container',
                'io.kubernetes.cri.container-name':
                    labels['io.kubernetes.container.name'],
                'io.kubernetes.cri.sandbox-uid':
                    labels['io.kubernetes.pod.uid'], **annotations}}, out)
    state = json.dumps({'ociVersion': '1.0.2', 'id': 'c', 'pid': os.getpid(),
                        'status': 'creating', 'bundle': bundle})
    done = subprocess.run([HOOK, '--dry-run', '--verbose'], input=state,
                          capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def starts(runtime, name, device, size, description):
    """The pod comes to the runtime, with that quota."""
    got = until(lambda: runtime.container(name))
    ok(got, description)
    if got:
        same((got.annotations['io.vgpu.devices'],
              got.annotations['io.vgpu.memory']), (device, str(size)),
             f'{name}: {size // MI} MiB of {device}')
        want = f'{device} memory={size}\n'
        same(hook(got, {}), want,
             "the hook finds that in the kubelet's record")
        own = {k: v for k, v in got.annotations.items()
               if k.startswith('io.vgpu.')}
        same(hook(got, own), want,
             'and no other where the runtime lets annotations through')
    return got


def running(runtime):
    """How many containers are."""
    return sum(one.state == cri.pb.CONTAINER_RUNNING
               for one in list(runtime.containers.values()))


def allocations(runtime):
    """Who gets what."""
    pod('one', 2)
    got = starts(runtime, 'one', 'card1', 512 * MI, 'a pod with 2 units starts')
    if got:
        same([d.host_path for d in got.devices], ['/dev/dri/renderD129'],
             'with its node')
    ok(any(b'io.vgpu.memory' in answer for answer in answers()),
       "the kubelet's own record has the quota too")
    pod('liar', 3, [{'name': 'CUDA_DEVICE_MEMORY_LIMIT', 'value': '99999m'},
                    {'name': 'IO_VGPU_MEMORY', 'value': '99999M'}],
        {'io.vgpu.memory': '99999M', 'io.vgpu.devices': 'card1'})
    starts(runtime, 'liar', 'card0', 768 * MI,
           'a pod that writes a quota of its own starts, with that of its units')
    for name, count, why in (('greedy', 2, '2 units where 1 is left'),
                             ('wide', 9, 'more than there are')):
        pod(name, count)
        said = refusal(name)
        ok(RESOURCE in said, f'{why}: refused')
        ok(not runtime.container(name), 'and does not come to the runtime')
        print(f'# {said}')


def restarts(runtime, kubelet, plugin):
    """Both are killed; what was given away stays so."""
    remove('one')
    ok(until(lambda: running(runtime) == 1, 60), 'a pod goes')
    before = registrations()
    kill(kubelet)
    kubelet = start_kubelet()
    ok(until(lambda: registrations() > before, 60),
       'the kubelet is killed and starts anew: we register again')
    ok(until(lambda: units() == 6), 'and it has our units')
    pod('split', 3)
    said = refusal('split')
    ok('3 units are wanted of one device, and the most that one has left is 2'
       in said, '3 units where no device has as many: we refuse')
    print(f'# {said}')
    pod('two', 2)
    starts(runtime, 'two', 'card1', 512 * MI, 'a pod with 2 units starts')
    before = registrations()
    kill(plugin)
    plugin = start_plugin()
    ok(until(lambda: registrations() > before), 'we are killed and start anew')
    pod('three', 1)
    starts(runtime, 'three', 'card0', 256 * MI, 'a pod gets the last unit')
    return kubelet, plugin


def health(runtime):
    """A device goes and comes back."""
    remove('two')
    ok(until(lambda: running(runtime) == 2, 60), 'a pod goes')
    devices(CARD0)
    ok(until(lambda: units() == 4), 'a device goes, and its units with it')
    pod('late', 1)
    ok(RESOURCE in refusal('late'), 'nobody gets them')
    devices(CARD0, CARD1)
    ok(until(lambda: units() == 6), 'it comes back')
    pod('later', 1)
    starts(runtime, 'later', 'card1', 256 * MI, 'and somebody does')


def main():
    """All of it; the plan comes last."""
    for name in ('vgpu', 'manifests', 'dev/dri'):
        os.makedirs(f'{WORK}/{name}')
    for name in ('renderD128', 'renderD129'):
        with open(f'{WORK}/dev/dri/{name}', 'wb'):
            pass
    devices(CARD0, CARD1)
    runtime = cri.Runtime(f'{WORK}/cri.sock')
    kubelet = start_kubelet()
    ok(until(lambda: os.path.exists(f'{PLUGINS}/kubelet.sock'), 60),
       'the kubelet is there')
    plugin = start_plugin()
    ok(until(registrations), 'it takes our registration')
    ok(until(lambda: units() == 6), 'and has our 6 units')
    allocations(runtime)
    kubelet, plugin = restarts(runtime, kubelet, plugin)
    health(runtime)
    kill(plugin)
    kill(kubelet)
    print(f"1..{TAP['n']}", flush=True)
    # Threads of gRPC would keep us.
    os._exit(1 if TAP['failed'] else 0)


main()
