module understory.test/postgresql-oldest

go 1.26.0

require github.com/cloudnative-pg/cloudnative-pg v1.26.0
