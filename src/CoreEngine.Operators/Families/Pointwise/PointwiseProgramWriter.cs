using System.Text;

namespace CoreEngine.Operators;

/// <summary>Writes the text of a <see cref="PointwiseProgram"/>.</summary>
internal static class PointwiseProgramWriter
{
    internal static string Write(PointwiseProgram program)
    {
        var text = new StringBuilder();
        for (int i = 0; i < program.Steps.Length; i++)
        {
            PointwiseStep step = program.Steps[i];
            int first = program.FirstValueOf(i);
            for (int j = 0; j < step.Operator.OutputCount; j++)
            {
                text.Append(j > 0 ? ", " : "");
                AppendValue(text, program, first + j);
            }

            text.Append(" = ").Append(step.Operator.Name).Append('(');
            for (int j = 0; j < step.Arguments.Length; j++)
            {
                text.Append(j > 0 ? ", " : "");
                AppendValue(text, program, step.Arguments[j]);
            }

            AppendAttributes(text, step.Operator);
            text.Append("); ");
        }

        text.Append("return ");
        for (int i = 0; i < program.Outputs.Length; i++)
        {
            text.Append(i > 0 ? ", " : "");
            AppendValue(text, program, program.Outputs[i]);
        }

        return text.ToString();
    }

    /// <summary>Whether a character of an attribute's value needs no quotes.</summary>
    internal static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '+' or '-';

    private static void AppendValue(StringBuilder text, PointwiseProgram program, int value)
    {
        bool isInput = value < program.InputCount;
        text.Append(isInput ? 'x' : 't').Append(isInput ? value : value - program.InputCount);
    }

    private static void AppendAttributes(StringBuilder text, BoundOperator op)
    {
        foreach ((string key, string value) in op.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // Notes that travelled with the attributes mean nothing to the operator.
            if (key.StartsWith("__", StringComparison.Ordinal))
                continue;
            text.Append(", ").Append(key).Append('=');
            if (value.Length > 0 && value.All(IsPlain))
                text.Append(value);
            else
                text.Append('"').Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"")).Append('"');
        }
    }
}
