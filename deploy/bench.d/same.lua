-- The same GET again and again: baselines, cursors, conditional requests.
dofile("common.lua")
