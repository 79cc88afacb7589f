"""Sends mutated import files and mutated calls to a running server. Ends with an error where the process dies, an answer is
a 5xx, a job ends for the server's own fault, or too little of it was good enough to be stored or answered, since what is
all refused at the door tries nothing. The same seed sends the same.

usage: fuzz.py URL PID TOKEN SEED FILES CALLS FIXTURES"""
import collections, concurrent.futures, csv, http.client, io, json, os, random, sys, time, urllib.parse

url, pid, token, seed, files, calls, fixtures = sys.argv[1:8]
pid, seed, files, calls = int(pid), int(seed), int(files), int(calls)
host = urllib.parse.urlsplit(url)
faults, seen = [], collections.Counter()
EXTREMES = [
    '9223372036854775807', '-9223372036854775808', '9223372036854775808', '9007199254740991', '-9007199254740992',
    '9007199254740992', '1e308', '-1e308', '1e-400', '1e400', '-0', '0', '-1', '0.1', '1,5', '1.234,56', '9' * 400, 'NaN',
    'Infinity', '-Infinity', '0x10', '', ' ', '٣', 'true', 'null', '\u0000', '\ufeff', 'é', 'e\u0301', '🧵' * 300, 'x' * 3000,
    '\u4e2d' * 3000, '=1+1', "'", '"', '\\', '../..', '<script>', '2026-02-30', '9999-12-31', '[]', '{}', '[[[[', '{"a":',
]


def alive():
    """A zombie has the id of a process and is none."""
    try:
        with open(f'/proc/{pid}/stat') as stat:
            return stat.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


class Dead(Exception):
    """There is no server any more."""


class Client:
    def __init__(self):
        self.connection = None

    def send(self, method, path, body=None, kind='application/json'):
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(host.hostname, host.port, timeout=60)
                headers = {'Authorization': 'Bearer ' + token}
                if body is not None:
                    headers['Content-Type'] = kind
                self.connection.request(method, path, body, headers)
                reply = self.connection.getresponse()
                data = reply.read()
                if reply.will_close:
                    self.connection = None
                return reply.status, data
            except (OSError, http.client.HTTPException):
                self.connection = None
                if not alive():
                    raise Dead(f'{method} {path} {(body or b"")[:500]!r}')
                if attempt == 2:
                    raise

    def get(self, path):
        """What must be there."""
        status, data = self.send('GET', path)
        if status != 200 or not data:
            raise SystemExit(f'GET {path}: {status} {data[:500]!r}')
        return data


def blame(what):
    faults.append(what)
    print('FAULT', what[:1500], file=sys.stderr)


# Files

def good(client):
    """Small files of every format that import without a fault."""
    found = {}
    for name, kind in (('products.csv', 'butik-csv'), ('products.jsonl', 'butik-jsonl')):
        found[kind] = client.get('/REST/export/' + name).decode()
    found['woocommerce-csv'] = open(os.path.join(fixtures, 'woocommerce.csv'), encoding='utf-8').read()
    found['shopify-csv'] = (
        'Handle,Title,Body (HTML),Vendor,Tags,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,'
        'Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Image Position,Cost per item,Status\n'
        'fz,Fuzz,<p>x</p>,V,"a, b",Size,S,Colour,Red,FZ-1,200,3,100,120,https://x.test/1.jpg,1,50,active\n'
        'fz,,,,,,M,,Blue,FZ-2,200,4,110,,https://x.test/2.jpg,2,50,\nfy,Fuzzy,,V,,,,,,FY,1,9,5.50,,,,,draft\n')
    found['fashion-csv'] = (
        'id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n'
        '1,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,Shirt\n2,Women,Apparel,Topwear,Tops,Red,Fall,2012,Casual,Top\n')
    return found


def table(text):
    rows = list(csv.reader(io.StringIO(text.lstrip('\ufeff'))))
    return rows[0], rows[1:]


def written(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator='\n').writerows(rows)
    return out.getvalue()


def mutated_values(value, dice):
    """The same JSON with one leaf changed."""
    if isinstance(value, dict) and value and dice.random() < 0.9:
        key = dice.choice(list(value))
        if dice.random() < 0.05:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: mutated_values(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:
        place = dice.randrange(len(value))
        return [mutated_values(v, dice) if i == place else v for i, v in enumerate(value)] + value[:dice.random() < 0.05]
    return Raw(dice)


class Raw:
    """A value that json.dumps would not write."""
    def __init__(self, dice):
        word = dice.choice(EXTREMES)
        number = word and word.lstrip('-')[:1].isdigit() and word.isascii() and ',' not in word and 'x' not in word \
            and word.count('.') < 2 and word.count('-', 1) < 1 or word in ('true', 'null', '[]', '{}')
        self.text = word if number and dice.random() < 0.5 else json.dumps(word)


def dumped(value):
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return '{' + ','.join(json.dumps(k) + ':' + dumped(v) for k, v in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ','.join(map(dumped, value)) + ']'
    return json.dumps(value)


def mutated_file(kind, text, dice):
    if kind == 'butik-jsonl':
        lines = dice.sample(text.splitlines(), min(4, len(text.splitlines())))
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(lines))
            if lines[place].startswith('{'):
                try:
                    lines[place] = dumped(mutated_values(json.loads(lines[place]), dice))
                except ValueError:
                    pass
        text = '\n'.join(lines) + '\n'
    else:
        header, rows = table(text)
        start = dice.randrange(max(1, len(rows) - 3))
        rows = [list(row) for row in rows[start:start + 4]]
        for _ in range(dice.randint(1, 5)):
            row, column = dice.choice(rows), dice.randrange(len(header))
            choice = dice.random()
            if choice < 0.6 and column < len(row):
                row[column] = dice.choice(EXTREMES)
            elif choice < 0.75 and column < len(row):
                other = dice.randrange(len(row))
                row[column], row[other] = row[other], row[column]
            elif choice < 0.85:
                rows.append(list(dice.choice(rows)))
            elif choice < 0.9:
                header = header[:]
                header[column] = dice.choice(header + EXTREMES)
            else:
                row[:] = row[:column]
        text = written([header] + rows)
    data = bytearray(text.encode('utf-8', 'surrogatepass'))
    if dice.random() < 0.2 and data:
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    if dice.random() < 0.1:
        del data[dice.randrange(len(data) + 1):]
    if dice.random() < 0.03:
        data = bytearray(text.encode('utf-16'))
    return bytes(data)


def wait_for_jobs(client):
    deadline = time.time() + 1800
    while True:
        left = 0
        for status in ('queued', 'running'):
            left += json.loads(client.get(f'/REST/import?status={status}&limit=1&envelope=1'))['paging']['total']
        if not left:
            return
        if not alive():
            raise Dead('an import file')
        if time.time() > deadline:
            raise SystemExit(f'{left} imports were not done in time')
        time.sleep(0.5)


def fuzz_files(client):
    seeds = good(client)
    for number in range(files):
        dice = random.Random(f'{seed} file {number}')
        kind = dice.choice(sorted(seeds))
        data = mutated_file(kind, seeds[kind], dice)
        dry = '&dry_run=1' if dice.random() < 0.05 else ''
        status, answer = client.send('POST', f'/REST/import?format={kind}{dry}', data, 'text/csv')
        seen[f'file {kind} {status}'] += 1
        if status >= 500:
            blame(f'file {number} ({kind}): {status} {answer[:500]!r}')
        if number % 500 == 499:
            wait_for_jobs(client)
            print(f'{number + 1} files', file=sys.stderr)
    wait_for_jobs(client)
    after = ''
    while True:
        page = json.loads(client.get(f'/REST/import?limit=1000&envelope=1&sort=import_id{after}'))
        for job in page['imports']:
            seen[f"import {job['status']}"] += 1
            seen['records stored'] += job['created_count'] + job['updated_count'] + job['unchanged_count']
            seen['faults told'] += job['failed_count']
            if job['error'] and ('database' in job['error'] or 'server' in job['error']):
                blame(f"import {job['import_id']} ({job['format']}): {job['error']}")
            elif job['failed_count']:
                told = client.get(f"/REST/import/{job['import_id']}/errors")
                if b'refused by the database' in told:
                    blame(f"import {job['import_id']} ({job['format']}): {told[:600]!r}")
        if not page['paging'].get('next'):
            return
        after = '&after=' + urllib.parse.quote(page['paging']['next'])


# Calls

def resolved(schema, document):
    while '$ref' in schema:
        schema = document['components'][schema['$ref'].split('/')[2]][schema['$ref'].split('/')[3]]
    return schema


def value_of(schema, document, dice, depth=0):
    schema = resolved(schema, document)
    if depth > 4 or dice.random() < 0.1:
        return Raw(dice)
    for many in ('oneOf', 'anyOf', 'allOf'):
        if many in schema:
            return value_of(dice.choice(schema[many]), document, dice, depth + 1)
    if 'enum' in schema:
        return dice.choice(schema['enum'])
    kind = schema.get('type')
    kind = dice.choice(kind) if isinstance(kind, list) else kind
    if kind == 'object' or 'properties' in schema:
        properties = schema.get('properties', {})
        names = [n for n in properties if n in schema.get('required', []) or dice.random() < 0.25]
        return {n: value_of(properties[n], document, dice, depth + 1) for n in names}
    if kind == 'array':
        return [value_of(schema.get('items', {}), document, dice, depth + 1) for _ in range(dice.randint(0, 3))]
    if kind in ('integer', 'number'):
        return dice.choice([0, 1, 2, 5, 10, 99.5, Raw(dice)])
    if kind == 'boolean':
        return dice.choice([True, False])
    return dice.choice(['x', 'Shirt', '1', 'own_id:A', '2026-01-01 10:00:00', Raw(dice)])


def call(operations, document, number):
    dice = random.Random(f'{seed} call {number}')
    path, method, operation = dice.choice(operations)
    names = [resolved(p, document) for p in operation.get('parameters', [])]
    query = []
    for parameter in names:
        words = ['1', '2', '3', '7', 'own_id:A', *EXTREMES]
        word = urllib.parse.quote(dice.choice(words[:5] if dice.random() < 0.7 else words), safe='')
        if parameter['in'] == 'path':
            path = path.replace('{' + parameter['name'] + '}', word or '1')
        elif parameter['in'] == 'query' and dice.random() < 0.2:
            operator = dice.choice(['', '', '', '[gte]', '[in]', '[prefix]', '[null]'])
            query.append(urllib.parse.quote(parameter['name']) + operator + '=' + word)
    body, kind = None, 'application/json'
    content = resolved(operation.get('requestBody', {}), document).get('content', {})
    if content:
        kind = dice.choice(sorted(content))
        if 'json' in kind:
            body = dumped(value_of(content[kind].get('schema', {}), document, dice)).encode('utf-8', 'surrogatepass')
        else:
            body = bytes(dice.randrange(256) for _ in range(dice.randint(0, 200)))
    return method.upper(), path + ('?' + '&'.join(query) if query else ''), body, kind


def fuzz_calls(client):
    document = json.loads(client.get('/openapi.json'))
    operations = [
        (path, method, operation) for path, methods in sorted(document['paths'].items())
        for method, operation in sorted(methods.items()) if method in ('get', 'put', 'post', 'patch', 'delete')
        # An event stream never ends, and a deleted token ends the rest.
        and not (path.startswith('/REST/token') and method != 'get')]

    def some(worker):
        own = Client()
        for number in range(worker, calls, 8):
            method, path, body, kind = call(operations, document, number)
            try:
                status, answer = own.send(method, path, body, kind)
            except (OSError, http.client.HTTPException) as error:
                blame(f'call {number}: {method} {path} {body!r}: {error!r}')
                continue
            seen[f'call {status}'] += 1
            if status >= 500 and not (status == 503 and b'renderer_busy' in answer):
                blame(f'call {number}: {method} {path} {body!r}: {status} {answer[:400]!r}')
            if number % 2000 == 0:
                print(f'{number} calls', file=sys.stderr)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(some, range(8)))


def check_floors():
    """Far below what a run has, and far above what one has whose token, paths or formats are wrong."""
    answered = sum(count for name, count in seen.items() if name == 'call 200')
    for what, count, floor in (('records stored', seen['records stored'], files // 2), ('calls answered', answered, calls // 10)):
        if count < floor:
            blame(f'{what}: {count}, and {floor} is the least that tries anything')
    for kind in ('butik-csv', 'butik-jsonl', 'fashion-csv', 'shopify-csv', 'woocommerce-csv'):
        sent = [count for name, count in seen.items() if name.startswith(f'file {kind} ')]
        taken = sum(count for name, count in seen.items() if name.startswith(f'file {kind} 2'))
        if 2 * taken < sum(sent):
            blame(f'{kind}: only {taken} of {sum(sent)} files were taken')


client = Client()
try:
    fuzz_files(client)
    fuzz_calls(client)
    check_floors()
except Dead as dead:
    blame(f'the server died of {dead}')
print(f'seed {seed}: ' + ', '.join(f'{name} {count}' for name, count in sorted(seen.items())))
if not alive():
    blame('the server died')
sys.exit(1 if faults else 0)
