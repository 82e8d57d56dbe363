namespace CoreEngine.Fuzz;

/// <summary>Damage to one field somewhere in a protobuf message, with the lengths around it set right.</summary>
internal static class ProtobufMutation
{
    /// <summary>One field: its number, its wire type, and its value without key and length.</summary>
    private readonly record struct Field(int Number, int Type, byte[] Value);

    /// <summary>A damaged copy.</summary>
    public static byte[] Apply(byte[] message, Random random)
    {
        if (Parse(message) is not { Count: > 0 } fields)
        {
            return ByteMutation.Apply(message, random);
        }

        int at = random.Next(fields.Count);
        Field field = fields[at];
        if (field.Type == 2 && random.Next(5) != 0)
        {
            fields[at] = field with { Value = Apply(field.Value, random) };
            return Write(fields);
        }

        switch (random.Next(7))
        {
            case 0:
                fields.RemoveAt(at);
                break;
            case 1:
                fields.Insert(random.Next(fields.Count + 1), field);
                break;
            case 2:
                fields[at] = field with { Number = 1 + random.Next(26) };
                break;
            case 3:
                (fields[at], fields[0]) = (fields[0], fields[at]);
                break;
            case 4 when field.Type == 2:
                fields[at] = field with { Value = ByteMutation.Apply(field.Value, random) };
                break;
            default:
                if (field.Type == 0)
                {
                    long number = Numbers.Instead(unchecked((long)Varint(field.Value, 0).Value), random);
                    byte[] other = new ProtobufMessage().Number(1, number).ToArray();
                    fields[at] = field with { Value = other[1..] };
                }
                else
                {
                    fields[at] = field with { Value = ByteMutation.Apply(field.Value, random) };
                }

                break;
        }

        return Write(fields);
    }

    private static byte[] Write(List<Field> fields)
    {
        var message = new ProtobufMessage();
        foreach (Field field in fields)
        {
            if (field.Type == 2)
            {
                message.Bytes(field.Number, field.Value);
            }
            else
            {
                message.Key(field.Number, field.Type).Raw(field.Value);
            }
        }

        return message.ToArray();
    }

    /// <summary>The fields; null when the bytes are no message.</summary>
    private static List<Field>? Parse(byte[] bytes)
    {
        var fields = new List<Field>();
        for (int at = 0; at < bytes.Length; )
        {
            (ulong key, int next) = Varint(bytes, at);
            if (next < 0 || key >> 3 is 0 or > 1000)
            {
                return null;
            }

            int type = (int)(key & 7);
            int start = next;
            int end;
            if (type == 2)
            {
                (ulong length, start) = Varint(bytes, next);
                end = start < 0 || length > (ulong)(bytes.Length - start) ? -1 : start + (int)length;
            }
            else
            {
                end = type switch
                {
                    0 => Varint(bytes, next).Next,
                    1 => next + 8,
                    5 => next + 4,
                    _ => -1,
                };
            }

            if (end < 0 || end > bytes.Length)
            {
                return null;
            }

            fields.Add(new Field((int)(key >> 3), type, bytes[start..end]));
            at = end;
        }

        return fields;
    }

    /// <summary>A number and where it ends; a negative place when it does not.</summary>
    private static (ulong Value, int Next) Varint(byte[] bytes, int at)
    {
        ulong value = 0;
        for (int i = 0; i < 10 && at + i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[at + i] & 0x7F) << (7 * i);
            if (bytes[at + i] < 0x80)
            {
                return (value, at + i + 1);
            }
        }

        return (0, -1);
    }
}
