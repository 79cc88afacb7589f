# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by deploy/bench: a range of products in variants is searched, written and moved out, by one client at a time.

run_catalogue() { # ENGINE WHERE...
    local shop categories
    begin "$1" "$work/catalogue-$1" --products "$products" --variants 4 --orders 0 --customers 0 -- "${@:2}"
    "$butik" import categories-json Seeds/bestbuy-categories.json.gz --shop 1 "${where[@]}" >&2
    serve
    clients=1
    # The first search of a process reads the shop's facets.
    ask '/REST/product/search?q=benchmark' -o /dev/null
    measure 'search, three facets, 20' "$api/livez" search /
    categories=$(ask /REST/category/tree | jq '[.. | .category_id? // empty] | length')
    measure "tree of $categories categories" "$api/livez" same /REST/category/tree
    big_product
    measure 'one of 500 variants, its price' "$api/livez" variant / "$work/variants"
    measure 'products, batch of 1,000' "$api/livez" upsert /
    row "$engine" '  the same, products' "$(awk -v r="$rate" 'BEGIN { printf "%.0f", r * 1000 }')" - - - - -
    export_all
    clients=32
    stop "$server"
    server=''
}

# send METHOD PATH BODY KEY: the KEY of the answer.
send() { ask "$2" -X "$1" -H 'Content-Type: application/json' -d "$3" | jq -r ".$4"; }

# A product of 25 sizes in 20 colours. Leaves its id and those of its variants in a file.
big_product() {
    local profile name count attribute product value sizes=() colours=() attributes=()
    profile=$(send POST /REST/profile '{"name":"Big"}' profile_id)
    for name in size colour; do
        attribute=$(send POST /REST/profile-attribute \
            "{\"profile_id\":$profile,\"name\":\"$name\",\"is_variant\":1}" attribute_id)
        attributes+=("$attribute")
        count=25
        [[ $name == size ]] || count=20
        for (( value = 1; value <= count; value++ )); do
            send POST /REST/profile-attribute-value \
                "{\"attribute_id\":$attribute,\"val\":\"$name $value\"}" attribute_value_id
        done >"$work/$name"
    done
    mapfile -t sizes <"$work/size"
    mapfile -t colours <"$work/colour"
    jq -n --argjson profile "$profile" --argjson a "[$(IFS=,; echo "${attributes[*]}")]" \
        --argjson s "[$(IFS=,; echo "${sizes[*]}")]" --argjson c "[$(IFS=,; echo "${colours[*]}")]" \
        '{name: "Big", price: 100, profile_id: $profile, stock_settings: [$s[] as $x | $c[] as $y |
          {attribute_id: $a[0], attribute_value_id: $x, attribute_id_2: $a[1], attribute_value_id_2: $y}]}' \
        >"$work/big.json"
    product=$(send POST /REST/product "@$work/big.json" product_id)
    { echo "$product" && ask "/REST/product/$product" | jq '.variants[].variant_id'; } >"$work/variants"
}

# The whole range as JSON lines, and what memory that took.
export_all() {
    local before=$(( $(awk '/^VmRSS:/ { print $2 }' "/proc/$server/status") )) peak out
    say "$engine: export"
    # What the process has taken at most from here on.
    echo 5 >"/proc/$server/clear_refs"
    out=$(ask /REST/export/products.jsonl --max-time 120 -o /dev/null -w '%{time_total} s, %{size_download} bytes')
    peak=$(awk '/^VmHWM:/ { print $2 }' "/proc/$server/status")
    row "$engine" "export: $out" - - - - - "+$(( (peak - before) / 1024 ))"
}
