# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by deploy/bench: twelve clients of one shop send each batch over and over, half of them with its rows in the
# opposite order, while another shop makes a brand at a time. What they do to each other is what is measured.

storm_row() { printf '%-8s  %-26s %10s %9s %8s %8s  %s\n' "$@"; }

run_storms() { # ENGINE WHERE...
    local storming other
    begin "$1" "$work/storms-$1" --products 1000 --orders 0 --customers 0 -- "${@:2}"
    storming=$token
    other=$("$butik" shop create 'Another shop' "${where[@]}" | sed -n 's/^shop \([0-9]*\):.*/\1/p')
    other=$("$butik" token create --shop "$other" --level write --unlimited "${where[@]}")
    serve
    storm_rows
    storm_row engine 'storm of 12 clients' batches/s 'worst ms' 'p50 ms' 'p99 ms' 'answers; p50 and p99 are the other shop'"'"'s'
    calm
    storm 'stock' stock stock/batch
    storm 'orders' order order/batch
    storm 'changes of orders' change order/batch
    storm 'categories' category category/batch
    storm 'redirects' redirect redirect/batch
    storm 'attributes' attribute profile-attribute/batch
    storm 'products by own number' product product/batch
    storm 'products, one wrong' wrong 'product/batch?mode=partial'
    storm 'brands renamed' brand brand/batch
    token=$storming
    stop "$server"
    server=''
}

# ids PATH KEY COUNT BODY: makes so many, each @ of the body being its number, and prints their ids.
ids() {
    local number
    for (( number = 1; number <= $3; number++ )); do send POST "/REST/$1" "${4//@/$number}" "$2"; done
}

# rows FILE BEFORE AFTER: turns ids into rows of a batch.
rows() { sed "s|.*|$2&$3|" >"$work/rows-$1"; }

# The rows that are fought over, twenty of each kind.
storm_rows() {
    local profile list
    list=/REST/product?fields=product_id,own_id\&limit=20
    ask "$list" | jq -r '.products[].product_id' >"$work/twenty"
    ask /REST/stock -X POST -H 'Content-Type: application/json' -o /dev/null \
        -d "$(jq -sc '[.[] | {product_id: ., count: 100000000}]' "$work/twenty")"
    rows stock '{"method":"PUT","id":' ',"body":{"adjust":1}}' <"$work/twenty"
    rows order '{"method":"POST","body":{"products":[{"product_id":' ',"amount":1}]}}' <"$work/twenty"
    ask "$list" | jq -r '.products[].own_id' | rows product '{"method":"PUT","id":"own_id:' '","body":{"price":@}}'
    { cat "$work/rows-product" && echo '{"method":"POST","body":{"price":1}}'; } >"$work/rows-wrong"
    ids order order_id 20 "{\"products\":[{\"product_id\":$(head -n 1 "$work/twenty"),\"amount\":1}]}" |
        rows change '{"method":"PUT","id":' ',"body":{"comments":"@"}}'
    ids category category_id 20 '{"name":"Category @"}' | rows category '{"method":"PUT","id":' ',"body":{"meta":"@"}}'
    ids redirect redirect_id 20 '{"from":"storm/@","to":"https://a.example"}' |
        rows redirect '{"method":"PUT","id":' ',"body":{"to":"https://a.example/@"}}'
    profile=$(send POST /REST/profile '{"name":"Storm"}' profile_id)
    ids profile-attribute attribute_id 20 "{\"name\":\"Attribute @\",\"profile_id\":$profile}" |
        rows attribute '{"method":"PUT","id":' ',"body":{"weight":@}}'
    ids brand brand_id 20 '{"name":"Brand @"}' | rows brand '{"method":"PUT","id":' ',"body":{"name":"Brand @"}}'
}

# What the other shop has while nothing else goes on.
calm() {
    token=$other
    clients=1 load brand "$api/"
    storm_row "$engine" 'none' - - "$median" "$slowest" -
}

# storm NAME ROWS PATH: the batch by twelve clients of one shop, and meanwhile brands of the other.
storm() {
    local pid out per_second worst silent answers
    say "$engine: storm of $1"
    (cd deploy/bench.d && timeout $(( seconds + 60 )) wrk -t1 -c12 -d "$(( seconds + 1 ))s" --timeout 30s \
        -H "Authorization: Bearer $storming" -s storm.lua "$api" -- "$work/rows-$2" "/REST/$3") >"$work/storm" &
    pid=$!
    token=$other
    clients=1 load brand "$api/"
    wait "$pid" || fail "$engine: wrk failed on $3"
    read -r per_second worst silent answers < <(sed -n 's/^STORM //p' "$work/storm") || fail "$engine: no result from wrk"
    [[ $answers =~ (^|,)5 ]] && failures=$(( failures + 1 ))
    errors=$(( errors + failures + silent ))
    storm_row "$engine" "$1" "$per_second" "$worst" "$median" "$slowest" "$answers"
}
