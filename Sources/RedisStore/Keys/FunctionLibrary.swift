/// grantd's functions in the engine (`FUNCTION LOAD`): what has to be decided where the record is.
///
/// They are written so that asking twice does no harm beyond one more failure counted.
enum FunctionLibrary {
    /// The library's name, and its functions'.
    static let name = "grantd"
    static let version = "grantd_version"
    static let record = "grantd_record"
    static let update = "grantd_update"
    static let put = "grantd_put"

    /// The version that this program needs.
    static let currentVersion: Int64 = 1

    /// The library's text.
    static let source = """
        #!lua name=grantd
        -- Counts of failed authentications, and registrations. Times are microseconds since 1970, by the engine's clock
        -- unless the caller brings its own.

        local function clock(text)
          if text ~= '' then return tonumber(text) end
          local t = redis.call('TIME')
          return t[1] * 1000000 + t[2]
        end

        -- A record is 'count until forgotten'. Answers it if it still counts.
        local function read(key, now)
          local text = redis.call('GET', key)
          if not text then return nil end
          local count, till, forgotten = string.match(text, '^(%d+) (%d+) (%d+)$')
          if not count or tonumber(forgotten) <= now then return nil end
          return { tonumber(count), tonumber(till), tonumber(forgotten) }
        end

        -- What is told of a record: its count, and how far away its times are, so that clocks may differ.
        local function told(record, now)
          if not record then return false end
          return { record[1], string.format('%.0f', record[2] - now), string.format('%.0f', record[3] - now) }
        end

        local function write(key, now, count, till, forgotten)
          local text = string.format('%.0f %.0f %.0f', count, till, forgotten)
          redis.call('SET', key, text, 'PX', string.format('%.0f', math.max(math.ceil((forgotten - now) / 1000), 1)))
        end

        -- KEYS: record. ARGV: clock.
        local function record(keys, args)
          local now = clock(args[1])
          return told(read(keys[1], now), now)
        end

        -- KEYS: record. ARGV: clock, change, and what the change needs. Answers the record before the change.
        local function update(keys, args)
          local now, change, n = clock(args[1]), args[2], tonumber(args[3])
          local known = read(keys[1], now)
          if change == 'failure' then
            local window = tonumber(args[4])
            local waits = known and known[1] >= n and now < known[2] and known[2] <= now + window * 1000000
            if not waits then
              local count = math.min(known and known[1] + 1 or 1, 4294967295)
              local wait = count < n and 0 or math.min(window, 2 ^ math.min(count - n, 32))
              local till = now + wait * 1000000
              write(keys[1], now, count, till, till + window * 1000000)
            end
          elseif change == 'spending' then
            local till = math.min(math.max(known and known[2] or now, now) + 1000000, now + n * 1000000)
            write(keys[1], now, math.ceil((till - now) / 1000000), till, till)
          else
            write(keys[1], now, 1, now, now + n * 1000000)
          end
          return told(known, now)
        end

        -- KEYS: registration. ARGV: the change's number (16 hexadecimal digits), the JSON, seconds that it is kept (0: for
        -- ever), the number that has to be on record ('' for none, '*' for any). The newer change stays; answers whether
        -- this one does.
        local function put(keys, args)
          local known = redis.call('HGET', keys[1], 'n')
          if known == args[1] then return 1 end
          if known and known > args[1] then return 0 end
          if args[4] ~= '*' and (known or '') ~= args[4] then return 0 end
          redis.call('HSET', keys[1], 'n', args[1], 'j', args[2])
          if args[3] == '0' then
            redis.call('PERSIST', keys[1])
          else
            redis.call('PEXPIRE', keys[1], args[3] * 1000)
          end
          return 1
        end

        local function version() return \(currentVersion) end

        redis.register_function{ function_name = 'grantd_version', callback = version, flags = { 'no-writes' } }
        redis.register_function{ function_name = 'grantd_record', callback = record, flags = { 'no-writes' } }
        redis.register_function('grantd_update', update)
        redis.register_function('grantd_put', put)

        """
}
