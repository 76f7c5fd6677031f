module go-engine

go 1.21
