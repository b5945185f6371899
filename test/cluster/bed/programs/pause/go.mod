module understory.test/pause

go 1.26.0
