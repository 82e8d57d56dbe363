using System.Text;

namespace CoreEngine.Fuzz;

/// <summary>A call of an operator, with everything that decides what happens; it can be written and read as text.</summary>
/// <remarks>
/// The text has a line with operator and way, a line for each attribute, and a line for each argument:
/// <code>
/// FullyConnected Recorded training
/// num_hidden = 3
/// > float32 (2,4) Normal Write
/// </code>
/// </remarks>
/// <param name="Operator">The operator's name.</param>
/// <param name="Way">Through which door.</param>
/// <param name="IsTraining">Whether it is part of training.</param>
/// <param name="Attributes">Names and values as text.</param>
/// <param name="Arguments">The inputs, states included.</param>
internal sealed record OperatorCall(
    string Operator,
    CallWay Way,
    bool IsTraining,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    IReadOnlyList<CallArgument> Arguments
)
{
    private const string Training = "training";
    private const string Equal = " = ";
    private const string Argument = "> ";

    /// <summary>The call as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"{Operator} {Way}{(IsTraining ? " " + Training : "")}\n");
        foreach ((string name, string value) in Attributes)
        {
            text.Append(name).Append(Equal).Append(value).Append('\n');
        }

        foreach (CallArgument argument in Arguments)
        {
            text.Append($"{Argument}{argument.DType.Name()} {argument.Shape} {argument.Values} {argument.Request}");
            text.Append(argument.Storage == StorageType.Default ? "\n" : $" {argument.Storage}\n");
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">This is no such text.</exception>
    public static OperatorCall Parse(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] words = lines[0].Split(' ');
        var attributes = new List<KeyValuePair<string, string>>();
        var arguments = new List<CallArgument>();
        foreach (string line in lines.AsSpan(1))
        {
            if (line.StartsWith(Argument, StringComparison.Ordinal))
            {
                arguments.Add(ParseArgument(line[Argument.Length..]));
                continue;
            }

            int equal = line.IndexOf(Equal, StringComparison.Ordinal);
            attributes.Add(
                equal > 0
                    ? new(line[..equal], line[(equal + Equal.Length)..])
                    : throw new FormatException($"'{line}' is no line of a call.")
            );
        }

        return new(words[0], Enum.Parse<CallWay>(words[1]), words.Contains(Training), attributes, arguments);
    }

    private static CallArgument ParseArgument(string text)
    {
        string[] words = text.Split(' ');
        return
            words.Length is 4 or 5
            && DTypes.TryParse(words[0], out DType dtype)
            && Operators.AttributeText.TryShape(words[1], out Shape shape)
            ? new(
                dtype,
                shape,
                Enum.Parse<CallValues>(words[2]),
                Enum.Parse<GradientRequest>(words[3]),
                words.Length == 5 ? Enum.Parse<StorageType>(words[4]) : default
            )
            : throw new FormatException($"'{text}' is no argument of a call.");
    }
}
