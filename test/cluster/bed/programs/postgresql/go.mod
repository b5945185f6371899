module understory.test/postgresql

go 1.26.0

require github.com/cloudnative-pg/cloudnative-pg v1.30.0
